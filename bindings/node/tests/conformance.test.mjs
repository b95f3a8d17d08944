// The shared scenarios. Results go to `target/conformance/`, from which the table is made.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { after, before, test } from 'node:test';
import { startSandbox } from 'vitable-groups/testing';
import { play } from './conformance/playing.mjs';
import { isExposed, playVector } from './conformance/vectors.mjs';

const workspace = process.env.WORKSPACE;
const scenarios = join(workspace, 'tests/scenarios');
const NO_GROUPS = new Set(['schema', 'values', 'coverage']);
const read = (path) => JSON.parse(readFileSync(path, 'utf8'));
const named = read(join(scenarios, 'values.json'));
const records = [];
let sandbox;

before(async () => {
  sandbox = await startSandbox();
});

after(async () => {
  await sandbox.stop();
  const played = records.reduce((count, { passed, failed }) => count + passed.length + failed.length, 0);
  // A part of the scenarios makes no table.
  if (played !== expected) return;
  const folder = join(process.env.CARGO_TARGET_DIR ?? join(workspace, 'target'), 'conformance');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'node.json'), `${JSON.stringify(records, null, 2)}\n`);
});

let expected = 0;

function group(name, entries, playOne) {
  const record = { language: 'node', group: name, passed: [], failed: [] };
  records.push(record);
  expected += entries.length;
  for (const entry of entries) {
    test(`${name}: ${entry.name}`, async () => {
      try {
        await playOne(entry);
        record.passed.push(entry.name);
      } catch (error) {
        record.failed.push({ name: entry.name, reason: String(error) });
        throw error;
      }
    });
  }
}

for (const file of readdirSync(scenarios).filter((file) => file.endsWith('.json')).sort()) {
  const name = basename(file, '.json');
  if (NO_GROUPS.has(name)) continue;
  group(name, read(join(scenarios, file)).scenarios, (scenario) => play(sandbox, named, scenario));
}

for (const file of readdirSync(join(scenarios, 'vectors')).sort()) {
  const { function: what, vectors } = read(join(scenarios, 'vectors', file));
  if (!isExposed(what)) continue;
  group(`vectors/${basename(file, '.json')}`, vectors, (vector) => playVector(sandbox, named, what, vector));
}
