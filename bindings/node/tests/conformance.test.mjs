// Runs the shared scenarios. Results go to `target/conformance/`, from which the table is generated.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { after, before, test } from 'node:test';
import { startSandbox } from 'vitable-groups/testing';
import { runScenario } from './conformance/runner.mjs';
import { isExposed, runVector } from './conformance/vectors.mjs';

const workspace = process.env.WORKSPACE;
const scenarios = join(workspace, 'tests/scenarios');
const NO_GROUPS = new Set(['schema', 'values', 'coverage']);
const read = (path) => JSON.parse(readFileSync(path, 'utf8'));
const namedValues = read(join(scenarios, 'values.json'));
const records = [];
let expected = 0;
let sandbox;

before(async () => {
  sandbox = await startSandbox();
});

after(async () => {
  await sandbox.stop();
  const count = records.reduce((sum, { passed, failed }) => sum + passed.length + failed.length, 0);
  // A run of some scenarios only must not overwrite the results of all.
  if (count !== expected) return;
  const folder = join(process.env.CARGO_TARGET_DIR ?? join(workspace, 'target'), 'conformance');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'node.json'), `${JSON.stringify(records, null, 2)}\n`);
});

function group(name, entries, runOne) {
  const record = { language: 'node', group: name, passed: [], failed: [] };
  records.push(record);
  expected += entries.length;
  for (const entry of entries) {
    test(`${name}: ${entry.name}`, async () => {
      try {
        await runOne(entry);
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
  group(name, read(join(scenarios, file)).scenarios, (scenario) => runScenario(sandbox, namedValues, scenario));
}

for (const file of readdirSync(join(scenarios, 'vectors')).sort()) {
  const { function: tested, vectors } = read(join(scenarios, 'vectors', file));
  if (!isExposed(tested)) continue;
  group(`vectors/${basename(file, '.json')}`, vectors, (vector) => runVector(sandbox, namedValues, tested, vector));
}
