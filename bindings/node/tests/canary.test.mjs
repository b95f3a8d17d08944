// Keys and health data appear in nothing that is printed: errors, logs, clients, reports.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import VitableConnect from 'vitable-groups';
import { CANARIES, canariesIn, KEY } from './canary/canaries.mjs';
import { FAILURES, operations } from './canary/failures.mjs';

const require = createRequire(import.meta.url);
const { addon } = require('../node_modules/vitable-groups/dist/cjs/core/native.js');

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

/** Nothing is found; what was found is told without the output around it. */
function searched({ stdout, stderr }) {
  assert.deepEqual({ stdout: canariesIn(stdout), stderr: canariesIn(stderr) }, { stdout: [], stderr: [] });
}

test('the search finds each canary where something prints it', async () => {
  const { code, stdout, stderr } = await run(['control']);
  assert.equal(code, 0, stderr);
  assert.deepEqual(canariesIn(stdout + stderr), CANARIES);
  assert.ok(canariesIn(stderr).includes(KEY) && canariesIn(stdout).length > 5);
});

const { operations: all, error_kinds } = JSON.parse(addon.manifest());
/** A fault of our own cannot be asked for. */
const KINDS = error_kinds.map(({ code }) => code).filter((code) => code !== 'internal');

test('every operation of the manifest carries canaries', () => {
  const made = operations(new VitableConnect({ apiKey: 'k' }));
  for (const { name } of all) assert.ok(name in made, name);
});

/** Nothing is wrong with them for a lenient client. */
const SUCCESSES = ['a wait that goes on'];
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
    // What was searched is what was said.
    const isLogged = /\[vitable-groups\] groups\.create: retrying/.test(output.stdout + output.stderr);
    assert.equal(isLogged, level === 'info' || level === 'debug');
    assert.match(output.stdout, new RegExp(`^canaries that were sent: ${CANARIES.length}$`, 'm'));
    const met = /^kinds: (.*)$/m.exec(output.stdout)?.[1].split(' ');
    assert.deepEqual(KINDS.filter((kind) => !met.includes(kind)), []);
    searched(output);
  });
}

for (const crash of ['thrown', 'aborted']) {
  test(`nothing private is printed in a crash: ${crash}`, async () => {
    const output = await run(['crash', crash], { RUST_BACKTRACE: 'full', VITABLE_CONNECT_LOG: 'debug' });
    assert.notEqual(output.code, 0);
    if (crash === 'thrown') assert.match(output.stderr, /the caller's own fault/);
    searched(output);
  });
}

for (const failure of Object.keys(FAILURES).filter((name) => !SUCCESSES.includes(name))) {
  test(`nothing private is printed when nobody handles ${failure}`, async () => {
    const output = await run(['unhandled', failure]);
    assert.equal(output.code, 1, 'the process ended by the error');
    assert.match(output.stderr, /Error/);
    searched(output);
  });
}
