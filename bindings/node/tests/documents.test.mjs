// Runs the JavaScript blocks of all pages against a sandbox.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Roster } from 'vitable-groups/roster';
import { sandboxFor } from './helpers.mjs';

// Written by scripts/test.mjs.
const blocks = JSON.parse(readFileSync(join(import.meta.dirname, 'blocks.json'), 'utf8'));
const rosters = readFileSync(join(import.meta.dirname, 'roster.csv'));

test('there are blocks to run', () => assert.ok(blocks.length >= 12));

for (const [index, { location, language, code, files, prints }] of blocks.entries()) {
  test(`${location} runs`, async (t) => {
    const sandbox = await sandboxFor(t);
    // Jobs that compare with last month's roster expect it in the group.
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
    // Clients with a token provider use the base URL of the variable, too.
    const env = { ...process.env, VITABLE_CONNECT_API_KEY: 'k', VITABLE_CONNECT_BASE_URL: sandbox.baseURL };
    delete env.NODE_TEST_CONTEXT;
    const result = await new Promise((resolve) => {
      execFile(process.execPath, [file], { env, cwd: folder }, (error, stdout, stderr) =>
        resolve({ status: error?.code ?? 0, stdout, stderr }),
      );
    });
    assert.equal(result.status, 0, result.stdout + result.stderr);
    if (prints !== null) assert.equal(result.stdout, prints);
    const sends = !/new AbortController|startSandbox|\.guard\(/.test(code);
    if (sends) assert.ok(sandbox.requests().length > 0);
  });
}
