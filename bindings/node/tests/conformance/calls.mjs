// Runs the calls of scenarios with the client.

import { Roster } from 'vitable-groups/roster';
import { invoke, isOperation } from '../operations.mjs';
import * as normalize from './normalize.mjs';

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
  const options = { ...given };
  for (const name of Object.keys(LIMITS)) if (name in options) options[name] = limit(options[name]);
  return options;
}

/** Options of a client, under the names of this package. */
export function clientOptions({ user_agent, token_provider, ...given }) {
  const options = renamed(withLimits(given), CLIENT);
  if (user_agent !== undefined) options.defaultHeaders = { ...options.defaultHeaders, 'User-Agent': user_agent };
  if (token_provider !== undefined) options.tokenProvider = provider(token_provider);
  return options;
}

function provider(tokens) {
  const left = [...tokens];
  return async () => {
    const { token, expires_in_ms, fail } = left.shift();
    if (fail !== undefined) throw new Error(fail);
    return expires_in_ms === undefined ? token : { token, expires_in: expires_in_ms / 1e3 };
  };
}

/** Options of a call, without those of its body. */
function callOptions({ body: _body, omit_body: _omit, query, ...given }) {
  const options = renamed(withLimits(given), OPTIONS);
  if (query) options.query = Object.fromEntries(Object.entries(query).map(([name, value]) => [name, value ?? undefined]));
  return options;
}

/** Adds fields to a body or omits them: in this package, the body is an argument. */
function bodyOf(own, { body: added, omit_body = [] }) {
  const body = { ...own, ...added };
  for (const name of omit_body) delete body[name];
  return body;
}

/** The call of one step, with what it reports besides its result. */
export class Calls {
  meta;
  before = [];
  progress = [];
  page;

  async run(client, name, params, given, signal) {
    const options = { ...callOptions(given), ...(signal && { signal }) };
    const last = name.split('.').at(-1);
    if (['get', 'post', 'patch'].includes(name)) {
      const { path, ...body } = params;
      return (await client[name](path, { ...options, ...body })) ?? null;
    }
    if (WAITS.has(last)) return this.#wait(client.groups.members.sync, last, params, options);
    const list = name.replace(/\.iterate(_pages)?$/, '.list');
    if (list.endsWith('.list')) {
      // The option replaces the whole query, as in the official client, so the scenario's is merged here.
      const { query, ...others } = options;
      const body = given.body && { body: given.body };
      return this.#list(client, list, last, { ...params, ...query }, { ...others, ...body });
    }
    if (isOperation(name)) return this.#dataOf(invoke(client, name, params, options, (own) => bodyOf(own, given)));
    switch (name) {
      case 'groups.find_by_external_reference_id':
        return client.groups.findByExternalReferenceId(params.external_reference_id, options);
      case 'groups.get_or_create':
        return (await client.groups.getOrCreate(params, options)).data;
      default:
        throw new Error(`there is no call ${name}`);
    }
  }

  async #dataOf(call) {
    const { data, metadata } = await call.withResponse();
    this.meta = normalize.meta(metadata);
    return data.data;
  }

  async #wait(sync, name, { poll_ms = 1, deadline_ms, ...params }, given) {
    const options = { ...given, pollInterval: poll_ms };
    if (deadline_ms !== undefined) options.deadline = limit(deadline_ms);
    options.onProgress = (progress) => this.progress.push(normalize.progress(progress));
    const { group_id, request_id, members, guard = {} } = params;
    if (name === 'wait') return (await sync.wait(request_id, { group_id }, options)).data;
    if (name === 'submit_and_wait') return (await sync.submitAndWait(group_id, { members }, options)).data;
    const guarded = { ...options, ...baseline(params), ...guardOptions(guard) };
    const { groupAfter, ...applied } = await sync.apply(group_id, Roster.fromMembers(members), guarded);
    return { ...applied, group_after: groupAfter?.members() ?? null };
  }

  async #list(client, operation, name, { max_items = Infinity, prefetch, ...params }, given) {
    const list = invoke(client, operation, params, { ...given, ...(prefetch !== undefined && { prefetch }) });
    if (name === 'list') {
      const { data, metadata } = await list.withResponse();
      this.page = data;
      this.meta = normalize.meta(metadata);
      return normalize.page(data);
    }
    if (name === 'iterate_pages') {
      for await (const page of (await list).iterPages()) this.before.push(normalize.page(page));
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
      // Only the error of a server that repeats a page has no kind.
      if (error.kind === undefined) return null;
      throw error;
    }
    return normalize.page(this.page);
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

const outcomeOptions = ({ repeated, ...params }) => ({ ...baseline(params), ...(repeated !== undefined && { repeated }) });

const readOptions = (given) =>
  renamed(given, {
    keep_unknown: 'keepUnknown',
    empty_cell: 'emptyCell',
    default_plan_id: 'defaultPlanID',
    multi_line_cells: 'multiLineCells',
  });

const checkOptions = (given) =>
  renamed(given, { plan_ids: 'planIDs', max_rows: 'maxRows', max_findings: 'maxFindings' });

/** Runs a call on rosters, which sends nothing. */
export function roster(name, { options = {}, ...params }) {
  switch (name) {
    case 'roster.read': {
      const read = Roster.readText(params.text, readOptions(options));
      return { members: read.members(), report: read.report };
    }
    case 'roster.check': {
      const { text, members } = params;
      const checked = text === undefined ? Roster.fromMembers(members) : Roster.readText(text);
      return checked.check(checkOptions(options));
    }
    case 'roster.normalize': {
      const result = Roster.fromMembers(params.members).normalize(renamed(options, { pivot_year: 'pivotYear' }));
      const { roster: normalized, ...report } = result;
      return { members: normalized.members(), report };
    }
    case 'roster.diff':
      return Roster.fromMembers(params.current).diff(Roster.fromMembers(params.previous));
    case 'roster.guard':
      return Roster.fromMembers(params.current).guard({ ...guardOptions(options), ...baseline(params) }) ?? null;
    case 'roster.outcome':
      return Roster.fromMembers(params.members).outcome(params.results, outcomeOptions(params));
    case 'roster.after': {
      const held = Roster.fromMembers(params.members).after(params.results, outcomeOptions(params));
      return held && { members: held.members() };
    }
    case 'roster.corrected': {
      const pairs = Object.fromEntries(params.replacements.map((row) => [row.reference_id, row]));
      const { roster: corrected, ...report } = Roster.fromMembers(params.members).corrected(params.results, pairs);
      return { members: corrected.members(), ...report };
    }
    default:
      throw new Error(`there is no call ${name}`);
  }
}
