// Every block of code in the README runs, against a sandbox.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { sandboxFor } from './help.mjs';

const root = dirname(createRequire(import.meta.url).resolve('vitable-groups/package.json'));
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const blocks = [...readme.matchAll(/^```(js|cjs)\n(.*?)^```$/gms)].map(([, language, code]) => ({ language, code }));
const folder = join(import.meta.dirname, 'readme-blocks');

test('there are blocks to run', () => assert.ok(blocks.length >= 8));

for (const [index, { language, code }] of blocks.entries()) {
  test(`README block ${index + 1} runs`, async (t) => {
    const sandbox = await sandboxFor(t);
    mkdirSync(folder, { recursive: true });
    const file = join(folder, `block-${index + 1}.${language === 'cjs' ? 'cjs' : 'mjs'}`);
    // A token provider's client takes its address from the variable as well.
    writeFileSync(file, code);
    const env = { ...process.env, VITABLE_CONNECT_API_KEY: 'k', VITABLE_CONNECT_BASE_URL: sandbox.baseURL };
    delete env.NODE_TEST_CONTEXT;
    const [code_, output] = await new Promise((resolve) => {
      execFile(process.execPath, [file], { env }, (error, stdout, stderr) => resolve([error?.code ?? 0, stdout + stderr]));
    });
    assert.equal(code_, 0, output);
    assert.ok(code.includes('new AbortController') || sandbox.requests().length > 0 || code.includes('startSandbox'));
  });
}
