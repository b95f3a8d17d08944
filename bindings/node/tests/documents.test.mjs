// The JavaScript blocks of all pages run, against a sandbox.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Roster } from 'vitable-groups/roster';
import { sandboxFor } from './help.mjs';

// Written by scripts/test.mjs.
const blocks = JSON.parse(readFileSync(join(import.meta.dirname, 'blocks.json'), 'utf8'));
const rosters = readFileSync(join(import.meta.dirname, 'roster.csv'));

test('there are blocks to run', () => assert.ok(blocks.length >= 12));

for (const [index, { location, language, code, files, prints }] of blocks.entries()) {
  test(`${location} runs`, async (t) => {
    const sandbox = await sandboxFor(t);
    // A job that compares with last month's roster finds it in the group.
    if (code.includes('last-month.csv')) {
      const members = Roster.readText(rosters).members();
      const plans = [...new Set(members.map(({ plan_id }) => plan_id))].map((id) => ({ id, name: id }));
      sandbox.seed({ plans, groups: [{ external_reference_id: 'tier-1', name: 'Tier 1', members }] });
    }
    const folder = join(import.meta.dirname, 'blocks', String(index));
    mkdirSync(folder, { recursive: true });
    for (const name of ['roster.csv', 'last-month.csv']) writeFileSync(join(folder, name), rosters);
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    const file = join(folder, `block.${language === 'cjs' ? 'cjs' : 'mjs'}`);
    writeFileSync(file, code);
    // A token provider's client takes its address from the variable as well.
    const env = { ...process.env, VITABLE_CONNECT_API_KEY: 'k', VITABLE_CONNECT_BASE_URL: sandbox.baseURL };
    delete env.NODE_TEST_CONTEXT;
    const done = await new Promise((resolve) => {
      execFile(process.execPath, [file], { env, cwd: folder }, (error, stdout, stderr) =>
        resolve({ status: error?.code ?? 0, stdout, stderr }),
      );
    });
    assert.equal(done.status, 0, done.stdout + done.stderr);
    if (prints !== null) assert.equal(done.stdout, prints);
    const sends = !/new AbortController|startSandbox|\.guard\(/.test(code);
    if (sends) assert.ok(sandbox.requests().length > 0);
  });
}
