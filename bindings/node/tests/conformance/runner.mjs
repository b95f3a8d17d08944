// Runs a scenario: given, steps, then.

import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import VitableConnect, { VitableConnectError } from 'vitable-groups';
import { Calls, clientOptions, roster } from './calls.mjs';
import { check, fill, Mismatch } from './matchers.mjs';
import * as normalize from './normalize.mjs';

const { TEST_SETTINGS } = createRequire(import.meta.url)('../../node_modules/vitable-groups/dist/cjs/core/config.js');

/** How long a condition may take to hold, in milliseconds; only failing scenarios take that long. */
const CONDITION_TIMEOUT = 5000;
const TEST_SETTING_NAMES = [
  'retry_base_delay_ms',
  'retry_max_delay_ms',
  'max_server_delay_ms',
  'ignore_long_server_delay',
  'max_response_bytes',
];

/** Creates a client from the options of a scenario. */
export function clientOf(given, more = {}) {
  const options = { ...given };
  const settings = {};
  for (const name of TEST_SETTING_NAMES) {
    if (name in options) settings[name] = options[name];
    delete options[name];
  }
  return new VitableConnect({ ...clientOptions(options), ...more, [TEST_SETTINGS]: settings });
}

const nextTick = () => new Promise((resolve) => setImmediate(resolve));

/** Runs with a port where nothing listens, and one that accepts connections but never responds. */
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

/** Runs with these variables of the client, and no others. */
async function withEnvironment(variables, work) {
  const own = Object.entries(process.env).filter(([name]) => name.startsWith('VITABLE_CONNECT_'));
  for (const [name] of own) delete process.env[name];
  Object.assign(process.env, variables);
  try {
    return await work();
  } finally {
    for (const name of Object.keys(variables)) delete process.env[name];
    Object.assign(process.env, Object.fromEntries(own));
  }
}

/** Runs a scenario in a clean sandbox; throws at the first difference. */
export async function runScenario(sandbox, namedValues, scenario) {
  sandbox.reset();
  const { given = {}, steps, then = {} } = scenario;
  await withPorts(async (ports) => {
    const own = { base_url: sandbox.baseURL, sandbox_port: Number(new URL(sandbox.baseURL).port) };
    const fixture = new Fixture(sandbox, { ...namedValues, ...own, ...ports }, given);
    await withEnvironment(fill(given.environment ?? {}, fixture.values), async () => {
      if (given.settings) fixture.control('PATCH /settings', given.settings);
      if (given.seed) fixture.control('POST /seed', given.seed);
      fixture.control('POST /faults', given.faults ?? []);
      for (const [index, step] of steps.entries()) {
        await fixture.step(step).catch((error) => {
          throw error instanceof Mismatch ? new Mismatch(`step ${index + 1} (${step.call}): ${error.message}`) : error;
        });
      }
      await fixture.verify(then);
    });
  });
}

/** The state of a running scenario. */
class Fixture {
  #sandbox;
  #given;
  #currentClient;
  #pages = {};
  values;

  constructor(sandbox, values, given) {
    this.#sandbox = sandbox;
    this.values = values;
    this.#given = given;
  }

  control(control, body) {
    const [method, path] = control.split(' ');
    const response = this.#sandbox.control(method, path, fill(body, this.values));
    if (path === '/seed' && response.groups.length > 0) this.values.group_id = response.groups[0].id;
    return response;
  }

  get #client() {
    return (this.#currentClient ??= this.#build({}));
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
      error = normalize.error(thrown);
    }
    if (error && !expect.error) throw new Mismatch(`expected no error, got ${JSON.stringify(error)}`);
    if (!error && expect.error) throw new Mismatch(`expected an error, got ${JSON.stringify(result)}`);
    const { meta, before, progress } = calls;
    const observed = { error, result, meta, before, progress };
    for (const [name, actual] of Object.entries(observed)) {
      if (name in expect) check(expect[name], actual, name, this.values);
    }
    if (step.save) this.#pages[step.save] = calls.page;
  }

  async #call({ call: name, params: given = {}, options = {}, cancel }, calls) {
    if (name === 'client.new') return this.#use(this.#build(given));
    if (name === 'sandbox') return this.control(given.control, given.body);
    const params = fill(given, this.values);
    switch (name) {
      case 'client.derive':
        return this.#use(this.#client.withOptions(clientOptions(this.#merged(params))));
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
    if (!cancel) return calls.run(this.#client, name, params, filled);
    return this.#canceled((signal) => calls.run(this.#client, name, params, filled, signal));
  }

  /** `withOptions` replaces headers and queries as a whole, as the official client does: merges them first. */
  #merged(params) {
    const before = this.#given.client ?? {};
    const added = ['default_headers', 'default_query'].filter((name) => name in params);
    return { ...params, ...Object.fromEntries(added.map((name) => [name, { ...before[name], ...params[name] }])) };
  }

  #use(client) {
    this.#currentClient = client;
    return { base_url: client.baseURL };
  }

  /** Cancels the call once the sandbox holds it. */
  async #canceled(start) {
    const controller = new AbortController();
    let isSettled = false;
    const call = start(controller.signal).finally(() => (isSettled = true));
    call.catch(() => {});
    while (!isSettled && this.#sandbox.control('GET', '/faults').hanging === 0) await nextTick();
    controller.abort();
    return call;
  }

  /** Checks the expectations until they hold, as the server records some events late. */
  async verify(expected) {
    const end = performance.now() + CONDITION_TIMEOUT;
    for (;;) {
      try {
        return this.#compare(expected, { ...this.values });
      } catch (error) {
        if (!(error instanceof Mismatch)) throw error;
        if (performance.now() > end) throw new Mismatch(`then: ${error.message}`);
      }
      await nextTick();
    }
  }

  #compare({ requests, state }, values) {
    if (requests) check(requests, this.#sandbox.requests().map(normalize.request), 'requests', values);
    if (state) check(state, this.#sandbox.state(), 'state', values);
  }
}
