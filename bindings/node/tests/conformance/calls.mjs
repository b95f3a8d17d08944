// The calls of scenarios, made with the client.

import { Roster } from 'vitable-groups/roster';
import * as normal from './normal.mjs';

const WAITS = new Set(['wait', 'submit_and_wait', 'apply']);

const limit = (ms) => (ms === null ? Infinity : ms);
const renamed = (values, names) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [names[name] ?? name, value]));

const LIMITS = { timeout_ms: 'timeout', connect_timeout_ms: 'connectTimeout', deadline_ms: 'deadline' };
const OPTIONS = {
  ...LIMITS,
  max_retries: 'maxRetries',
  idempotency_key: 'idempotencyKey',
  allow_other_origin: 'allowOtherOrigin',
};
const CLIENT = {
  ...LIMITS,
  max_retries: 'maxRetries',
  api_key: 'apiKey',
  base_url: 'baseURL',
  default_headers: 'defaultHeaders',
  default_query: 'defaultQuery',
};

function withLimits(given) {
  const made = { ...given };
  for (const name of Object.keys(LIMITS)) if (name in made) made[name] = limit(made[name]);
  return made;
}

/** Options of a client, in the names of this package. */
export function clientOptions({ user_agent, token_provider, ...given }) {
  const made = renamed(withLimits(given), CLIENT);
  if (user_agent !== undefined) made.defaultHeaders = { ...made.defaultHeaders, 'User-Agent': user_agent };
  if (token_provider !== undefined) made.tokenProvider = provider(token_provider);
  return made;
}

function provider(tokens) {
  const left = [...tokens];
  return async () => {
    const { token, expires_in_ms, fail } = left.shift();
    if (fail !== undefined) throw new Error(fail);
    return expires_in_ms === undefined ? token : { token, expires_in: expires_in_ms / 1e3 };
  };
}

/** Options of a call, without what belongs to its body. */
function callOptions({ body: _body, omit_body: _omit, query, ...given }) {
  const made = renamed(withLimits(given), OPTIONS);
  if (query) made.query = Object.fromEntries(Object.entries(query).map(([name, value]) => [name, value ?? undefined]));
  return made;
}

/** A body is an argument in this package: its fields are put in and taken out there. */
function bodyOf(own, { body, omit_body = [] }) {
  const made = { ...own, ...body };
  for (const name of omit_body) delete made[name];
  return made;
}

/** One step's call; keeps what it told on the way. */
export class Calls {
  meta;
  before = [];
  progress = [];
  page;

  async make(client, name, params, given, signal) {
    const options = { ...callOptions(given), ...(signal && { signal }) };
    const last = name.split('.').at(-1);
    if (['get', 'post', 'patch'].includes(name)) {
      const { path, ...body } = params;
      return (await client[name](path, { ...options, ...body })) ?? null;
    }
    if (WAITS.has(last)) return this.#wait(client.groups.members.sync, last, params, options);
    if (['list', 'iterate', 'iterate_pages'].includes(last)) {
      // Here the option replaces a list's own query, as in the official client; callers add to the argument.
      const { query, ...others } = options;
      const body = given.body && { body: given.body };
      return this.#walk(client[name.split('.')[0]], last, { ...params, ...query }, { ...others, ...body });
    }
    const { groups } = client;
    const { group_id, request_id, ...own } = params;
    switch (name) {
      case 'groups.create':
        return this.#answer(groups.create(bodyOf(own, given), options));
      case 'groups.retrieve':
        return this.#answer(groups.retrieve(group_id, options));
      case 'groups.update':
        return this.#answer(groups.update(group_id, bodyOf(own, given), options));
      case 'groups.members.sync.submit':
        return this.#answer(groups.members.sync.submit(group_id, bodyOf(own, given), options));
      case 'groups.members.sync.retrieve':
        return this.#answer(groups.members.sync.retrieve(request_id, { group_id }, options));
      case 'groups.find_by_external_reference_id':
        return groups.findByExternalReferenceId(params.external_reference_id, options);
      case 'groups.get_or_create':
        return (await groups.getOrCreate(params, options)).data;
      default:
        throw new Error(`there is no call ${name}`);
    }
  }

  async #answer(call) {
    const { data, metadata } = await call.withResponse();
    this.meta = normal.meta(metadata);
    return data.data;
  }

  async #wait(sync, name, { poll_ms = 1, deadline_ms, ...params }, given) {
    const options = { ...given, pollInterval: poll_ms };
    if (deadline_ms !== undefined) options.deadline = limit(deadline_ms);
    options.onProgress = (seen) => this.progress.push(normal.progress(seen));
    const { group_id, request_id, members, guard = {} } = params;
    if (name === 'wait') return (await sync.wait(request_id, { group_id }, options)).data;
    if (name === 'submit_and_wait') return (await sync.submitAndWait(group_id, { members }, options)).data;
    const known = { ...baseline(params), ...guardOptions(guard) };
    const { groupAfter, ...applied } = await sync.apply(group_id, Roster.fromMembers(members), { ...options, ...known });
    return { ...applied, group_after: groupAfter?.members() ?? null };
  }

  async #walk(resource, name, { max_items = Infinity, prefetch, ...query }, given) {
    const list = resource.list(query, { ...given, ...(prefetch !== undefined && { prefetch }) });
    if (name === 'list') {
      const { data, metadata } = await list.withResponse();
      this.page = data;
      this.meta = normal.meta(metadata);
      return normal.page(data);
    }
    if (name === 'iterate_pages') {
      for await (const page of (await list).iterPages()) this.before.push(normal.page(page));
      return this.before;
    }
    for await (const item of list) {
      this.before.push(item);
      if (this.before.length === max_items) break;
    }
    return this.before;
  }

  async nextPage(page) {
    if (!page.hasNextPage()) return null;
    try {
      this.page = await page.getNextPage();
    } catch (error) {
      // The core found that the server repeats itself; no error of a call has no kind.
      if (error.kind === undefined) return null;
      throw error;
    }
    return normal.page(this.page);
  }
}

const guardOptions = (given) =>
  renamed(given, {
    max_removals: 'maxRemovals',
    allow_empty: 'allowEmpty',
    allow_new_reference_ids: 'allowNewReferenceIds',
  });

const baseline = ({ previous, first_sync }) => ({
  ...(previous && { previous: Roster.fromMembers(previous) }),
  ...(first_sync !== undefined && { firstSync: first_sync }),
});

const known = ({ repeated, ...params }) => ({ ...baseline(params), ...(repeated !== undefined && { repeated }) });

const readOptions = (given) =>
  renamed(given, {
    keep_unknown: 'keepUnknown',
    empty_cell: 'emptyCell',
    default_plan_id: 'defaultPlanID',
    multi_line_cells: 'multiLineCells',
  });

const checkOptions = (given) =>
  renamed(given, { plan_ids: 'planIDs', max_rows: 'maxRows', max_findings: 'maxFindings' });

/** Calls on rosters, which send nothing. */
export function roster(name, { options = {}, ...params }) {
  switch (name) {
    case 'roster.read': {
      const read = Roster.readText(params.text, readOptions(options));
      return { members: read.members(), report: read.report };
    }
    case 'roster.check': {
      const { text, members } = params;
      const made = text === undefined ? Roster.fromMembers(members) : Roster.readText(text);
      return made.check(checkOptions(options));
    }
    case 'roster.normalize': {
      const made = Roster.fromMembers(params.members).normalize(renamed(options, { pivot_year: 'pivotYear' }));
      const { roster: tidy, ...report } = made;
      return { members: tidy.members(), report };
    }
    case 'roster.diff':
      return Roster.fromMembers(params.current).diff(Roster.fromMembers(params.previous));
    case 'roster.guard':
      return Roster.fromMembers(params.current).guard({ ...guardOptions(options), ...baseline(params) }) ?? null;
    case 'roster.outcome':
      return Roster.fromMembers(params.members).outcome(params.results, known(params));
    case 'roster.after': {
      const held = Roster.fromMembers(params.members).after(params.results, known(params));
      return held && { members: held.members() };
    }
    case 'roster.corrected': {
      const pairs = Object.fromEntries(params.replacements.map((row) => [row.reference_id, row]));
      const { roster: full, ...report } = Roster.fromMembers(params.members).corrected(params.results, pairs);
      return { members: full.members(), ...report };
    }
    default:
      throw new Error(`there is no call ${name}`);
  }
}
