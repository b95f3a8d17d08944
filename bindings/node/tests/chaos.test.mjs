// Random calls over a network that fails in every way it can. The network, the calls and the
// judgement are those of crates/vitable-groups-chaos; here they are made and written down.
//
// `CHAOS_SEED` repeats a run, `CHAOS_OPERATIONS` says how many calls there are.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { readdirSync, readlinkSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { VitableConnectError } from 'vitable-groups';
import { Calls } from './conformance/calls.mjs';
import * as normal from './conformance/normal.mjs';
import { clientOf } from './conformance/playing.mjs';

/** Only a leak takes this long, in milliseconds. */
const PATIENCE = 60_000;

/** Starts the harness, which ends with its standard input. */
async function harness(t) {
  const workspace = process.env.WORKSPACE;
  const program = execFileSync('bash', [join(workspace, 'scripts/chaos-harness')], { encoding: 'utf8' }).trim();
  const started = spawn(program, [], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, CHAOS_OPERATIONS: process.env.CHAOS_OPERATIONS ?? '300' },
  });
  const ended = new Promise((resolve) => started.on('exit', resolve));
  t.after(() => {
    started.stdin.end();
    return ended;
  });
  for await (const line of createInterface(started.stdout)) {
    // A seed has more digits than a number holds.
    return { ...JSON.parse(line), seed: /"seed":\s*(\d+)/.exec(line)?.[1] };
  }
  throw new Error('the harness did not start');
}

/** Asks the harness over a connection of its own, so that none of ours stays open. */
function post(url, body) {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', agent: false, headers: { 'content-type': 'application/json' } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece) => (text += piece));
      response.on('end', () => (response.statusCode === 200 ? resolve(JSON.parse(text)) : reject(new Error(text))));
      response.on('error', reject);
    });
    sent.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
  });
}

async function work({ clients, steps }) {
  const built = [];
  const records = [];
  for (const { id, client, call, params, options } of steps) {
    built[client] ??= clientOf(clients[client], { http: { ignoreEnvironmentProxy: true } });
    const calls = new Calls();
    const begun = performance.now();
    const came = await calls.make(built[client], call, params, options).then((result) => ({ result }), told);
    records.push({ id, elapsed_ms: performance.now() - begun, ...came, ...(calls.meta && { meta: calls.meta }) });
  }
  for (const client of built) client?.close();
  return records;
}

function told(thrown) {
  if (thrown instanceof VitableConnectError) return { error: normal.error(thrown) };
  return { foreign: String(thrown?.stack ?? thrown) };
}

/** Sockets of this process, and what keeps it alive. */
function held() {
  const links = process.platform === 'linux' ? readdirSync('/proc/self/fd').map(target) : [];
  return {
    sockets: links.filter((link) => link.startsWith('socket:')).length,
    // An immediate is over in the next turn.
    resources: process.getActiveResourcesInfo().filter((name) => name !== 'Immediate').sort(),
  };
}

const isMore = (now, before) => now.sockets > before.sockets || now.resources.length > before.resources.length;

function target(descriptor) {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    // The one that lists the folder is gone.
    return '';
  }
}

test('the server holds what the callers were told', async (t) => {
  const { control_url, seed, operations } = await harness(t);
  t.diagnostic(`CHAOS_SEED=${seed} CHAOS_OPERATIONS=${operations}`);
  // What the package starts once and keeps is not what a call leaves behind.
  await work({ clients: [{ api_key: 'key', base_url: 'http://127.0.0.1:1', max_retries: 0 }], steps: [{ client: 0, call: 'groups.iterate', params: {}, options: {} }] });
  const before = held();
  for (;;) {
    const plan = await post(`${control_url}/round`);
    if (plan === null) break;
    const records = (await Promise.all(plan.workers.map(work))).flat();
    const { ok, problems, last, summary } = await post(`${control_url}/verdict`, { records });
    if (last || !ok) for (const line of summary.split('\n')) t.diagnostic(` ${line}`);
    assert.ok(ok, `CHAOS_SEED=${seed} ${problems.join('\n')}`);
  }
  const end = performance.now() + PATIENCE;
  while (isMore(held(), before) && performance.now() < end) await new Promise((resolve) => setImmediate(resolve));
  const after = held();
  t.diagnostic(` ${before.sockets} sockets and ${before.resources.length} handles before, ${after.sockets} and ${after.resources.length} after`);
  assert.deepEqual(after, before, 'sockets or handles are left');
});
