// Processes and workers end by themselves, whatever is under way.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { child, sandboxFor } from './help.mjs';

test('a process exits by itself after the last call', async (t) => {
  const { baseURL } = await sandboxFor(t);
  const { code, stdout } = await child(`
    console.log((await client('${baseURL}').plans.list()).data.length);
  `);
  assert.deepEqual([code, stdout], [0, '2\n']);
});

test('a process exits with a sandbox, a fetch, a provider and a logger that nobody ended', async () => {
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

test('process.exit and uncaught errors end a process with calls under way', async (t) => {
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

test('a write does not have Node load its own fetch, which takes longer than the write', async (t) => {
  const { baseURL } = await sandboxFor(t);
  const { code, stdout } = await child(`
    await client('${baseURL}').groups.create({ external_reference_id: 'r', name: 'n' });
    const loaded = () => process.moduleLoadList.some((name) => name.includes('deps/undici'));
    console.log(loaded(), typeof FormData, loaded());
  `);
  assert.deepEqual([code, stdout], [0, 'false function true\n']);
});

test('a thrown progress callback is an ordinary rejection', async (t) => {
  const sandbox = await sandboxFor(t);
  const client = sandbox.client();
  const { data: group } = await client.groups.create({ external_reference_id: 'r', name: 'n' });
  const thrown = new Error('from the callback');
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

test('two workers use clients at once, beside the main thread', async (t) => {
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

test('a worker that is terminated in a call leaves the others alone', async (t) => {
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
