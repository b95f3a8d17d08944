// Processes and workers exit, whatever calls are in flight.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { child, sandboxFor } from './helpers.mjs';

test('a process exits after the last call', async (t) => {
  const { baseURL } = await sandboxFor(t);
  const { code, stdout } = await child(`
    console.log((await client('${baseURL}').plans.list()).data.length);
  `);
  assert.deepEqual([code, stdout], [0, '2\n']);
});

test('a sandbox, a fetch, a provider and a logger keep no process alive', async () => {
  const { code, stdout, stderr } = await child(`
    import { startSandbox } from 'vitable-groups/testing';
    const sandbox = await startSandbox();
    const own = client(sandbox.baseURL, { fetch, tokenProvider: async () => 't', logLevel: 'debug', logger: console });
    await own.plans.list();
    console.log('done');
  `);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /done\n$/);
});

test('process.exit and uncaught errors end a process with calls in flight', async (t) => {
  const sandbox = await sandboxFor(t);
  sandbox.fault({ hang: 'before', times: null });
  for (const [end, expected] of [['process.exit(7)', 7], ["throw new Error('x')", 1]]) {
    const ends = await Promise.all(
      Array.from({ length: 5 }, () =>
        child(`
          const call = client('${sandbox.baseURL}').plans.list();
          call.catch(() => {});
          setImmediate(() => { ${end}; });
        `),
      ),
    );
    assert.deepEqual(ends.map(({ code, signal }) => [code, signal]), Array(5).fill([expected, null]));
  }
});

test('a write does not make Node load its own fetch, which takes longer than the write', async (t) => {
  const { baseURL } = await sandboxFor(t);
  const { code, stdout } = await child(`
    await client('${baseURL}').groups.create({ external_reference_id: 'r', name: 'n' });
    const loaded = () => process.moduleLoadList.some((name) => name.includes('deps/undici'));
    console.log(loaded(), typeof FormData, loaded());
  `);
  assert.deepEqual([code, stdout], [0, 'false function true\n']);
});

test('a progress callback that throws rejects the call', async (t) => {
  const sandbox = await sandboxFor(t);
  const client = sandbox.client();
  const { data: group } = await client.groups.create({ external_reference_id: 'r', name: 'n' });
  const thrown = new Error('thrown by the callback');
  const wait = client.groups.members.sync.submitAndWait(group.id, { members: [] }, { onProgress: () => { throw thrown; } });
  await assert.rejects(wait, thrown);
});

function work(baseURL, calls) {
  const source = `
    const { workerData, parentPort } = require('node:worker_threads');
    const VitableConnect = require('vitable-groups');
    const client = new VitableConnect({ apiKey: 'k', baseURL: workerData.baseURL });
    (async () => {
      let plans = 0;
      for (let i = 0; i < workerData.calls; i += 1) plans += (await client.plans.list()).data.length;
      parentPort.postMessage(plans);
    })();
  `;
  return new Worker(source, { eval: true, workerData: { baseURL, calls } });
}

test('two workers and the main thread use clients concurrently', async (t) => {
  const sandbox = await sandboxFor(t);
  const workers = [work(sandbox.baseURL, 20), work(sandbox.baseURL, 20)];
  const ends = workers.map((worker) => new Promise((resolve, reject) => {
    let plans;
    worker.on('message', (message) => (plans = message));
    worker.on('error', reject);
    worker.on('exit', (code) => resolve([code, plans]));
  }));
  const main = await sandbox.client().plans.list();
  assert.deepEqual(await Promise.all(ends), [[0, 40], [0, 40]]);
  assert.equal(main.data.length, 2);
});

test('a worker that is terminated during a call does not affect the others', async (t) => {
  const sandbox = await sandboxFor(t);
  sandbox.fault({ hang: 'before' });
  const worker = work(sandbox.baseURL, 1);
  while (sandbox.requests().length === 0) await new Promise((resolve) => setImmediate(resolve));
  await worker.terminate();
  assert.equal((await sandbox.client().plans.list()).data.length, 2);
});

test('CommonJS and ES modules share one set of classes', async () => {
  const { stdout, stderr } = await child(`
    import { createRequire } from 'node:module';
    import { NotFoundError } from 'vitable-groups';
    import { NotFoundError as FromError } from 'vitable-groups/error';
    const require = createRequire(import.meta.url);
    const cjs = require('vitable-groups');
    console.log(cjs === VitableConnect, cjs.default === cjs, cjs.VitableConnect === cjs,
      cjs.NotFoundError === NotFoundError, FromError === NotFoundError,
      require('vitable-groups/core/error').NotFoundError === NotFoundError);
  `);
  assert.equal(stdout, 'true true true true true true\n', stderr);
});
