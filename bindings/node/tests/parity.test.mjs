// The package matches the core's manifest: nothing is missing, nothing is extra.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import VitableConnect, * as root from 'vitable-groups';
import { json, serverFor } from './helpers.mjs';
import { addon, invoke, manifest } from './operations.mjs';

const require = createRequire(import.meta.url);
const folder = dirname(require.resolve('vitable-groups/package.json'));
const text = (file) => readFileSync(join(folder, 'dist/esm', file), 'utf8');

test('every operation is a method that sends what the manifest says', async (t) => {
  const lists = manifest.operations.filter(({ paginated }) => paginated).map(({ path }) => path);
  const { baseURL, requests } = await serverFor(t, ({ method, url }, response) =>
    json(response, { data: method === 'GET' && lists.includes(url.split('?')[0]) ? [] : {} }),
  );
  const client = new VitableConnect({ apiKey: 'k', baseURL });
  for (const { name, method, path, path_params, query_params, body_params, paginated } of manifest.operations) {
    const values = [...query_params, ...body_params].map((key) => [key, key === 'members' ? [] : 1]);
    const call = invoke(client, name, Object.fromEntries([...path_params.map((key) => [key, key]), ...values]));
    await call.asResponse();
    const sent = requests.at(-1);
    const [sentPath, query = ''] = sent.url.split('?');
    assert.equal(`${sent.method} ${sentPath}`, `${method} ${path.replace(/[{}]/g, '')}`, name);
    assert.deepEqual([...new URLSearchParams(query).keys()], query_params, name);
    assert.deepEqual(Object.keys(JSON.parse(sent.body || '{}')), body_params, name);
    assert.equal(call instanceof root.PagePromise, paginated, name);
  }
});

test('every kind of error has its class', () => {
  const renamed = { APIStatusError: 'APIError', APITimeoutError: 'APIConnectionTimeoutError' };
  for (const { class: name } of manifest.error_kinds) {
    assert.equal(typeof root[renamed[name] ?? name], 'function', name);
  }
});

test('every request option and parameter is typed', () => {
  const options = text('core/request/options.d.ts');
  const camel = (name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());
  for (const name of manifest.request_options) {
    assert.match(options, new RegExp(`\\b${camel(name)}\\?:`), name);
  }
  const groups = text('models/groups.d.ts');
  for (const name of ['external_reference_id', 'name']) assert.match(groups, new RegExp(`\\b${name}\\??:`));
});

test('every method, option and field has a documentation comment', () => {
  for (const file of ['client.d.ts', 'core/base-client.d.ts', 'core/call-client.d.ts', 'core/client-hooks.d.ts', 'core/config.d.ts', 'core/request/options.d.ts', 'helpers/groups.d.ts', 'helpers/sync.d.ts', 'models/groups.d.ts', 'models/member.d.ts', 'models/plans.d.ts', 'models/sync.d.ts', 'resources/groups/groups.d.ts', 'resources/groups/members/sync.d.ts', 'resources/plans.d.ts', 'core/pagination.d.ts', 'core/api-promise.d.ts', 'roster/options.d.ts', 'roster/reports.d.ts', 'roster/roster.d.ts']) {
    const lines = text(file).split('\n');
    lines.forEach((line, index) => {
      const declares = /^ {4}(?!then<|catch<|finally\(|static|private|protected|readonly #|#|constructor|export|type |\}|set |\[)(?:readonly |get )?[a-z_]\w*[?]?[(<:]/i.test(line);
      if (declares) assert.match(lines[index - 1], /\*\/$/, `${file}:${index + 1} ${line}`);
    });
  }
});

test('the defaults are those of the core', () => {
  const client = new VitableConnect({ apiKey: 'k' });
  assert.equal(client.timeout, manifest.defaults.timeout_seconds * 1e3);
  assert.equal(client.maxRetries, manifest.defaults.max_retries);
  for (const { name, base_url } of manifest.environments) {
    assert.equal(new VitableConnect({ apiKey: 'k', environment: name }).baseURL, base_url);
  }
});

test('the versions agree', () => {
  assert.equal(root.VERSION, require('vitable-groups/package.json').version);
  assert.equal(root.VERSION, manifest.version);
});

test('every subpath exports the same as ES module and CommonJS', async () => {
  const { exports } = require('vitable-groups/package.json');
  for (const path of Object.keys(exports).filter((path) => !path.endsWith('.json'))) {
    const name = `vitable-groups${path.slice(1)}`;
    const [esm, cjs] = [await import(name), require(name)];
    for (const [key, value] of Object.entries(esm)) assert.equal(cjs[key], value, `${name} ${key}`);
    assert.ok(Object.keys(esm).length > 0, name);
  }
});

test('the package installs nothing but the platform package, and has no scripts', () => {
  const own = require('vitable-groups/package.json');
  assert.equal(own.dependencies, undefined);
  assert.equal(own.scripts, undefined);
  for (const [name, version] of Object.entries(own.optionalDependencies)) {
    assert.match(name, /^vitable-groups-/);
    assert.equal(version, own.version);
    assert.equal(require(`${name}/package.json`).scripts, undefined);
  }
});

test('the error of a missing platform package names the platform and a fix', async () => {
  const { execFileSync } = await import('node:child_process');
  const program = `
    Object.defineProperty(process, 'arch', { value: 'riscv64' });
    try { require('vitable-groups'); } catch (error) { console.log(error.message); }
    Object.defineProperty(process, 'arch', { value: 'arm64' });
    try { require('vitable-groups'); } catch (error) { console.log(error.message); }
  `;
  const out = execFileSync(process.execPath, ['--eval', program], { encoding: 'utf8', cwd: import.meta.dirname });
  const [unknown, missing] = out.split('\n');
  assert.match(unknown, /no native addon for \w+-riscv64/);
  assert.match(missing, /vitable-groups-\w+-arm64.*npm install --include=optional/);
});

test('invalid arguments of the addon throw, and do not crash the process', async (t) => {
  // The addon itself does not keep the process alive.
  const timer = setInterval(() => {}, 60_000);
  t.after(() => clearInterval(timer));
  const completed = await new Promise((resolve) => {
    const queue = new addon.CompletionQueue(() => resolve(addon.drain(queue.slot)));
    assert.throws(() => new addon.Client('nonsense', {}, queue));
    const client = new addon.Client('{"api_key": "k"}', {}, queue);
    assert.throws(() => addon.call(client.slot, 'x'));
    assert.throws(() => addon.call(1_000_000, 1, 'plans.list'));
    addon.call(client.slot, 7, 'nonsense');
    addon.flush(queue.slot);
  });
  assert.deepEqual([completed[0], JSON.parse(completed[1]).kind, completed[3]], [7, 'invalid_argument', undefined]);
});
