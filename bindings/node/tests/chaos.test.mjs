// Random calls over a network that fails in every way. The network, the calls and the verdict are those of
// crates/vitable-groups-chaos; here the calls are run and recorded.
//
// `CHAOS_SEED` repeats a run, `CHAOS_OPERATIONS` sets the number of calls.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdirSync, readlinkSync } from 'node:fs';
import { request } from 'node:http';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { VitableConnectError } from 'vitable-groups';
import { Calls } from './conformance/calls.mjs';
import * as normalize from './conformance/normalize.mjs';
import { clientOf } from './conformance/runner.mjs';

/** How long sockets and handles may take to close, in milliseconds; only a leak takes that long. */
const CLOSE_TIMEOUT = 60_000;

/** Starts the harness, which exits when its standard input is closed. */
async function harness(t) {
  const started = spawn(process.env.VG_CHAOS, [], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, CHAOS_OPERATIONS: process.env.CHAOS_OPERATIONS ?? '300' },
  });
  const ended = new Promise((resolve) => started.on('exit', resolve));
  t.after(() => {
    started.stdin.end();
    return ended;
  });
  for await (const line of createInterface(started.stdout)) {
    // A seed has more digits than a number can represent.
    return { ...JSON.parse(line), seed: /"seed":\s*(\d+)/.exec(line)?.[1] };
  }
  throw new Error('the harness did not start');
}

/** Calls the harness over a connection of its own, which does not stay open. */
function post(url, body) {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', agent: false, headers: { 'content-type': 'application/json' } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      response.on('end', () => (response.statusCode === 200 ? resolve(JSON.parse(text)) : reject(new Error(text))));
      response.on('error', reject);
    });
    sent.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
  });
}

async function runSteps({ clients: options, steps }) {
  const clients = [];
  const records = [];
  for (const { id, client, call, params, options: callOptions } of steps) {
    clients[client] ??= clientOf(options[client], { http: { ignoreEnvironmentProxy: true } });
    const calls = new Calls();
    const start = performance.now();
    const observed = await calls.run(clients[client], call, params, callOptions).then((result) => ({ result }), observedError);
    records.push({ id, elapsed_ms: performance.now() - start, ...observed, ...(calls.meta && { meta: calls.meta }) });
  }
  for (const client of clients) client?.close();
  return records;
}

function observedError(thrown) {
  if (thrown instanceof VitableConnectError) return { error: normalize.error(thrown) };
  return { foreign: String(thrown?.stack ?? thrown) };
}

/** The sockets of this process, and the handles that keep it alive. */
function openResources() {
  const links = process.platform === 'linux' ? readdirSync('/proc/self/fd').map(target) : [];
  return {
    sockets: links.filter((link) => link.startsWith('socket:')).length,
    // Immediates end with the next tick.
    handles: process.getActiveResourcesInfo().filter((name) => name !== 'Immediate').sort(),
  };
}

const hasMore = (now, before) => now.sockets > before.sockets || now.handles.length > before.handles.length;

function target(descriptor) {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    // The descriptor that listed the folder is closed by now.
    return '';
  }
}

test('the state of the server is consistent with the results', async (t) => {
  const { control_url, seed, operations } = await harness(t);
  t.diagnostic(`CHAOS_SEED=${seed} CHAOS_OPERATIONS=${operations}`);
  // The package keeps some resources from the first call on; these are not a leak.
  await runSteps({ clients: [{ api_key: 'key', base_url: 'http://127.0.0.1:1', max_retries: 0 }], steps: [{ client: 0, call: 'groups.iterate', params: {}, options: {} }] });
  const before = openResources();
  for (;;) {
    const plan = await post(`${control_url}/round`);
    if (plan === null) break;
    const records = (await Promise.all(plan.workers.map(runSteps))).flat();
    const { ok, problems, last, summary } = await post(`${control_url}/verdict`, { records });
    if (last || !ok) for (const line of summary.split('\n')) t.diagnostic(` ${line}`);
    assert.ok(ok, `CHAOS_SEED=${seed} ${problems.join('\n')}`);
  }
  const end = performance.now() + CLOSE_TIMEOUT;
  while (hasMore(openResources(), before) && performance.now() < end) await new Promise((resolve) => setImmediate(resolve));
  const after = openResources();
  t.diagnostic(` ${before.sockets} sockets and ${before.handles.length} handles before, ${after.sockets} and ${after.handles.length} after`);
  assert.deepEqual(after, before, 'sockets or handles were leaked');
});
