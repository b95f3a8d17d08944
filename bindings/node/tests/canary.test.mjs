// Keys and health data never appear in output: errors, logs, printed clients, reports.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import VitableConnect from 'vitable-groups';
import { CANARIES, canariesIn, KEY } from './canary/canaries.mjs';
import { FAILURES, operations, paramsOf } from './canary/failures.mjs';
import { manifest } from './operations.mjs';

function run(args, env = {}) {
  const program = join(import.meta.dirname, 'canary/program.mjs');
  const { NODE_TEST_CONTEXT: _context, VITABLE_CONNECT_LOG: _log, ...rest } = process.env;
  return new Promise((resolve) => {
    const options = { env: { ...rest, ...env }, maxBuffer: 1e9 };
    execFile(process.execPath, [program, ...args], options, (error, stdout, stderr) => {
      resolve({ code: error ? error.code : 0, stdout, stderr });
    });
  });
}

/** Fails with the canaries alone, without the output around them. */
function assertNoCanaries({ stdout, stderr }) {
  assert.deepEqual({ stdout: canariesIn(stdout), stderr: canariesIn(stderr) }, { stdout: [], stderr: [] });
}

test('the search finds every canary that is printed', async () => {
  const { code, stdout, stderr } = await run(['control']);
  assert.equal(code, 0, stderr);
  assert.deepEqual(canariesIn(stdout + stderr), CANARIES);
  assert.ok(canariesIn(stderr).includes(KEY) && canariesIn(stdout).length > 5);
});

const { operations: all, error_kinds } = manifest;
/** A bug in this package cannot be provoked. */
const KINDS = error_kinds.map(({ code }) => code).filter((code) => code !== 'internal');

test('every operation of the manifest that has parameters carries canaries', () => {
  const calls = operations(new VitableConnect({ apiKey: 'k' }));
  for (const operation of all) {
    assert.ok(operation.name in calls, operation.name);
    const hasParams = operation.body_params.length + operation.query_params.length > 0;
    assert.equal(canariesIn(JSON.stringify(paramsOf(operation))).length > 0, hasParams, operation.name);
  }
});

/** A lenient client accepts these. */
const SUCCESSES = ['a sync in progress'];
const LEVELS = ['off', 'error', 'warn', 'info', 'debug'];
const RUNS = [
  ...LEVELS.map((level) => ['the variable', level, ['everything', '-'], { VITABLE_CONNECT_LOG: level }]),
  ['the option', 'debug', ['everything', 'debug'], {}],
];

for (const [source, level, args, env] of RUNS) {
  test(`nothing private is printed at level ${level} of ${source}`, async () => {
    const output = await run(args, env);
    assert.equal(output.code, 0, canariesIn(output.stderr).length > 0 ? 'the program failed' : output.stderr.slice(-2000));
    const failures = Number(/^failures: (\d+)$/m.exec(output.stdout)?.[1]);
    assert.ok(failures > Object.keys(FAILURES).length * 16, `${failures}`);
    // The output that is searched contains the logs.
    const isLogged = /\[vitable-groups\] groups\.create: retrying/.test(output.stdout + output.stderr);
    assert.equal(isLogged, level === 'info' || level === 'debug');
    assert.match(output.stdout, new RegExp(`^canaries sent: ${CANARIES.length}$`, 'm'));
    const seen = /^kinds: (.*)$/m.exec(output.stdout)?.[1].split(' ');
    assert.deepEqual(KINDS.filter((kind) => !seen.includes(kind)), []);
    assertNoCanaries(output);
  });
}

for (const crash of ['thrown', 'aborted']) {
  test(`nothing private is printed in a crash: ${crash}`, async () => {
    const output = await run(['crash', crash], { RUST_BACKTRACE: 'full', VITABLE_CONNECT_LOG: 'debug' });
    assert.notEqual(output.code, 0);
    if (crash === 'thrown') assert.match(output.stderr, /thrown by the caller/);
    assertNoCanaries(output);
  });
}

for (const failure of Object.keys(FAILURES).filter((name) => !SUCCESSES.includes(name))) {
  test(`nothing private is printed for an unhandled rejection: ${failure}`, async () => {
    const output = await run(['unhandled', failure]);
    assert.equal(output.code, 1, 'the error ended the process');
    assert.match(output.stderr, /Error/);
    assertNoCanaries(output);
  });
}
