// Plays one scenario: given, steps, then.

import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import VitableConnect, { VitableConnectError } from 'vitable-groups';
import { Calls, clientOptions, roster } from './calls.mjs';
import { check, fill, Mismatch } from './matching.mjs';
import * as normal from './normal.mjs';

const { TUNED } = createRequire(import.meta.url)('../../node_modules/vitable-groups/dist/cjs/core/config.js');

/** How long a condition may take to come true, in milliseconds; reached only by scenarios that fail. */
const PATIENCE = 5000;
const TUNING = [
  'retry_base_delay_ms',
  'retry_max_delay_ms',
  'max_server_delay_ms',
  'ignore_long_server_delay',
  'max_response_bytes',
];

/** A client of the options that scenarios name. */
export function clientOf(given, more = {}) {
  const options = { ...given };
  const tuned = {};
  for (const name of TUNING) {
    if (name in options) tuned[name] = options[name];
    delete options[name];
  }
  return new VitableConnect({ ...clientOptions(options), ...more, [TUNED]: tuned });
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A port where nothing listens, and one that takes connections and says nothing. */
async function withPorts(work) {
  const sockets = [];
  const servers = [createServer(), createServer((socket) => sockets.push(socket.on('error', () => {})))];
  const [refused, silent] = await Promise.all(
    servers.map((server) => new Promise((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve(server.address().port));
    })),
  );
  await new Promise((resolve) => servers[0].close(resolve));
  try {
    return await work({ refused_port: refused, silent_port: silent });
  } finally {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => servers[1].close(resolve));
  }
}

/** These variables of ours, and no others. */
async function withEnvironment(variables, work) {
  const ours = Object.entries(process.env).filter(([name]) => name.startsWith('VITABLE_CONNECT_'));
  for (const [name] of ours) delete process.env[name];
  Object.assign(process.env, variables);
  try {
    return await work();
  } finally {
    for (const name of Object.keys(variables)) delete process.env[name];
    Object.assign(process.env, Object.fromEntries(ours));
  }
}

/** Plays a scenario from a clean sandbox; throws at the first difference. */
export async function play(sandbox, named, scenario) {
  sandbox.reset();
  const { given = {}, steps, then = {} } = scenario;
  await withPorts(async (ports) => {
    const own = { base_url: sandbox.baseURL, sandbox_port: Number(new URL(sandbox.baseURL).port) };
    const stage = new Stage(sandbox, { ...named, ...own, ...ports }, given);
    await withEnvironment(fill(given.environment ?? {}, stage.values), async () => {
      if (given.settings) stage.control('PATCH /settings', given.settings);
      if (given.seed) stage.control('POST /seed', given.seed);
      stage.control('POST /faults', given.faults ?? []);
      for (const [index, step] of steps.entries()) {
        await stage.step(step).catch((error) => {
          throw error instanceof Mismatch ? new Mismatch(`step ${index + 1} (${step.call}): ${error.message}`) : error;
        });
      }
      await stage.then(then);
    });
  });
}

/** What one scenario has at hand. */
class Stage {
  #sandbox;
  #given;
  #built;
  #pages = {};
  values;

  constructor(sandbox, values, given) {
    this.#sandbox = sandbox;
    this.values = values;
    this.#given = given;
  }

  control(control, body) {
    const [method, path] = control.split(' ');
    const answer = this.#sandbox.control(method, path, fill(body, this.values));
    if (path === '/seed' && answer.groups.length > 0) this.values.group_id = answer.groups[0].id;
    return answer;
  }

  get #client() {
    return (this.#built ??= this.#build({}));
  }

  #build(changes) {
    const { bare, ...given } = { ...this.#given.client, ...changes };
    const { api_key, base_url } = this.values;
    return clientOf({ ...(!bare && { api_key, base_url }), ...fill(given, this.values) });
  }

  async step(step) {
    const expect = step.expect ?? {};
    const calls = new Calls();
    let result;
    let error;
    try {
      result = await this.#call(step, calls);
    } catch (thrown) {
      if (!(thrown instanceof VitableConnectError)) throw thrown;
      error = normal.error(thrown);
    }
    if (error && !expect.error) throw new Mismatch(`no error expected, ${JSON.stringify(error)} came`);
    if (!error && expect.error) throw new Mismatch(`an error expected, ${JSON.stringify(result)} came`);
    const { meta, before, progress } = calls;
    const told = { error, result, meta, before, progress };
    for (const [name, came] of Object.entries(told)) {
      if (name in expect) check(expect[name], came, name, this.values);
    }
    if (step.save) this.#pages[step.save] = calls.page;
  }

  async #call({ call: name, params: given = {}, options = {}, cancel }, calls) {
    if (name === 'client.new') return this.#told(this.#build(given));
    if (name === 'sandbox') return this.control(given.control, given.body);
    const params = fill(given, this.values);
    switch (name) {
      case 'client.derive':
        return this.#told(this.#client.withOptions(clientOptions(this.#added(params))));
      case 'client.close':
        this.#client.close();
        return null;
      case 'client.set_api_key':
        this.#client.apiKey = params.api_key;
        return null;
      case 'page.next':
        return calls.nextPage(this.#pages[params.page]);
      default:
    }
    if (name.startsWith('roster.')) return roster(name, params);
    const filled = fill(options, this.values);
    if (!cancel) return calls.make(this.#client, name, params, filled);
    return this.#cancelled((signal) => calls.make(this.#client, name, params, filled, signal));
  }

  /** Headers and queries are replaced as a whole here, as in the official client; callers spread theirs. */
  #added(params) {
    const before = this.#given.client ?? {};
    const added = ['default_headers', 'default_query'].filter((name) => name in params);
    return { ...params, ...Object.fromEntries(added.map((name) => [name, { ...before[name], ...params[name] }])) };
  }

  #told(client) {
    this.#built = client;
    return { base_url: client.baseURL };
  }

  /** Gives the call up once the sandbox has it and lets it hang. */
  async #cancelled(start) {
    const controller = new AbortController();
    let done = false;
    const made = start(controller.signal).finally(() => (done = true));
    made.catch(() => {});
    while (!done && this.#sandbox.control('GET', '/faults').hanging === 0) await turn();
    controller.abort();
    return made;
  }

  /** Looks until it fits: a server notices some things late. */
  async then(expected) {
    const end = performance.now() + PATIENCE;
    for (;;) {
      try {
        return this.#compare(expected, { ...this.values });
      } catch (error) {
        if (!(error instanceof Mismatch)) throw error;
        if (performance.now() > end) throw new Mismatch(`then: ${error.message}`);
      }
      await turn();
    }
  }

  #compare({ requests, state }, values) {
    if (requests) check(requests, this.#sandbox.requests().map(normal.request), 'requests', values);
    if (state) check(state, this.#sandbox.state(), 'state', values);
  }
}
