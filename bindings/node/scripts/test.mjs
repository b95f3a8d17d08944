// Builds and packs the package, installs it in empty projects, and runs the tests there.
// `node scripts/test.mjs [NAME [ARGUMENT...]]`: only `tests/NAME.test.mjs`, with arguments for Node.

import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { cache, packageRoot, workspace } from './paths.mjs';

const [only, ...nodeArguments] = process.argv.slice(2);
/** Every program has a limit of time; it is killed, as it may hang in native code. */
const limit = { timeout: 1000 * Number(process.env.TEST_SECONDS ?? 300), killSignal: 'SIGKILL' };
/** On Windows, npm and the programs of packages are batch files, which only a shell starts. */
const shell = process.platform === 'win32';
const reports = process.env.REPORTS ?? join(cache, 'reports');
const checks = [];
const packs = join(cache, 'packs');
const projects = join(packageRoot, 'test-projects');
const docBlocks = join(workspace, 'scripts/docs_blocks.py');
/** The rosters of two consecutive months. */
const ROSTERS = ['2026-10-members-fixed.csv', '2026-11-members.csv'];
const bin = join(packageRoot, 'node_modules/.bin');

const addonTypes = readFileSync(join(packageRoot, 'lib/core/addon.ts'), 'utf8');
mkdirSync(reports, { recursive: true });
installDependencies(packageRoot);
run(process.execPath, [join(packageRoot, 'scripts/addon.mjs')], { stdio: 'inherit' });
check('lib/core/addon.ts has the types of the addon', readFileSync(join(packageRoot, 'lib/core/addon.ts'), 'utf8') === addonTypes, 'it was written anew: commit it');
run(process.execPath, [join(packageRoot, 'scripts/build.mjs')], { stdio: 'inherit' });
run(process.execPath, [join(packageRoot, 'scripts/pack.mjs'), packs], { stdio: 'inherit' });
const runtimes = installRuntimes();
const consumer = consumerProject();
const installed = createRequire(join(consumer, 'tests/x.js'));
const { startSandbox } = installed('vitable-groups/testing');
const { Roster } = installed('vitable-groups/roster');

// A single file runs on the newest Node only.
for (const [name, node] of only === undefined ? runtimes.nodes : runtimes.nodes.slice(-1)) suite(`tests on ${name}`, node, consumer);
if (only === undefined) {
  await programs();
  await types();
  await bundle();
  await testRunner('vitest', ['run', '--no-cache']);
  await testRunner('jest', ['--no-cache', '--detectOpenHandles']);
  await examples();
  await typedBlocks();
  packaging();
}

const failures = checks.filter(({ problem }) => problem !== undefined);
writeFileSync(join(reports, 'checks.xml'), junit(checks));
process.exitCode = failures.length > 0 ? 1 : 0;

/** The checks of this script as a JUnit report; the tests on each runtime have one of their own. */
function junit(all) {
  const text = (value) => value.replace(/[^\t\n\x20-\uFFFD]/g, '').replace(/[<>&"]/g, (found) => `&#${found.codePointAt(0)};`);
  const cases = all.map(({ name, problem }) =>
    `<testcase classname="node" name="${text(name)}">${problem === undefined ? '' : `<failure>${text(problem)}</failure>`}</testcase>\n`);
  return `<testsuite name="node">\n${cases.join('')}</testsuite>\n`;
}

function installDependencies(folder) {
  return spawnSync(process.execPath, [join(packageRoot, 'scripts/dev-install.mjs')], { cwd: folder, stdio: 'inherit' }).status;
}

function run(command, args, options = {}) {
  return execFileSync(command, args, { encoding: 'utf8', ...options });
}

function check(name, ok, output) {
  checks.push({ name, ...(!ok && { problem: output }) });
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${name}`);
  if (!ok) console.log(output);
}

/** Runs a command that must succeed. */
function step(name, command, args, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', ...limit, ...options });
  check(name, status === 0, `${error ?? ''}${stdout}${stderr}`);
}

function tarballs() {
  return readdirSync(packs).map((file) => join(packs, file));
}

function install(folder) {
  run('npm', ['install', '--silent', '--no-audit', '--no-fund', '--offline', '--no-package-lock', ...tarballs()], { cwd: folder, shell });
}

/** A project with the tests and the installed package. */
function consumerProject() {
  const folder = join(cache, 'consumer');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "name": "consumer", "private": true, "type": "module" }\n');
  install(folder);
  cpSync(join(packageRoot, 'tests'), join(folder, 'tests'), { recursive: true });
  writeFileSync(join(folder, 'tests/blocks.json'), run(process.env.PYTHON ?? 'python3', [docBlocks, '--json', 'js', 'cjs']));
  cpSync(join(workspace, 'examples/rosters/2026-10-members-fixed.csv'), join(folder, 'tests/roster.csv'));
  return folder;
}

function project(name) {
  const folder = join(cache, 'projects', name);
  rmSync(folder, { recursive: true, force: true });
  cpSync(join(projects, name), folder, { recursive: true });
  install(folder);
  return folder;
}

function suite(name, node, folder) {
  const end = only === undefined ? '.test.mjs' : `${only}.test.mjs`;
  const files = readdirSync(join(folder, 'tests')).filter((file) => file.endsWith(end));
  const report = join(reports, `${name.replaceAll(' ', '-')}.xml`);
  const args = ['--test', `--test-timeout=${limit.timeout}`, '--test-reporter=junit', `--test-reporter-destination=${report}`,
    '--test-reporter=tap', '--test-reporter-destination=stdout', ...nodeArguments, ...files.map((file) => join('tests', file))];
  const env = { ...process.env, WORKSPACE: workspace };
  // The limit of a test does not end a file that keeps running.
  const all = { ...limit, timeout: 3 * limit.timeout };
  const { status, stdout, stderr } = spawnSync(node, args, { cwd: folder, env, encoding: 'utf8', maxBuffer: 1e9, ...all });
  const failing = stdout.split('\n').filter((line) => !/^\s*(ok|---|\.\.\.|duration_ms|type)/.test(line));
  check(name, status === 0 && existsSync(report), failing.join('\n') + stderr);
  for (const [, diagnostic] of stdout.matchAll(/^# {2}(.*)$/gm)) console.log(`  ${diagnostic}`);
}

async function programs() {
  for (const name of ['cjs', 'mjs']) {
    const folder = project(name);
    for (const [runtime, node] of runtimes.nodes) {
      await program(`${name} on ${runtime}`, node, [`program.${name}`], folder);
    }
  }
  const esm = project('mjs');
  if (runtimes.bun) await program('mjs on Bun', runtimes.bun, ['program.mjs'], esm);
  if (runtimes.deno) await program('mjs on Deno', runtimes.deno, ['run', '--allow-all', 'program.mjs'], esm);
}

async function program(name, command, args, cwd, extra = {}, { seed, faults = [], status: expected = 0, prints = /(?:)/ } = {}) {
  const sandbox = await startSandbox({ seed });
  sandbox.fault(...faults);
  const env = { ...process.env, VITABLE_CONNECT_API_KEY: 'k', VITABLE_CONNECT_BASE_URL: sandbox.baseURL, ...extra };
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, env, encoding: 'utf8', ...limit });
  await sandbox.stop();
  const isExpected = extra.ANY || (extra.PRINTS ? stdout === extra.PRINTS : /(^|\n)ok\n$/.test(stdout));
  check(name, status === expected && isExpected && prints.test(stdout + stderr), `${error ?? ''}${stdout}${stderr}`);
}

/** Installs Node versions and other runtimes, if the registry has them for this machine. */
function installRuntimes() {
  const folder = join(cache, 'runtimes');
  mkdirSync(folder, { recursive: true });
  for (const file of ['package.json', 'package-lock.json']) cpSync(join(projects, 'runtimes', file), join(folder, file));
  const key = readFileSync(join(folder, 'package-lock.json'), 'utf8');
  const stamp = join(folder, 'installed');
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== key) {
    if (installDependencies(folder) === 0) writeFileSync(stamp, key);
    // Headers for compiling addons, a third of each Node.
    const headers = `node_modules/node-${process.platform}-${process.arch}/include`;
    for (const major of [20, 22, 24]) rmSync(join(folder, 'node_modules', `node-${major}`, headers), { recursive: true, force: true });
  }
  const at = (...path) => [join(folder, 'node_modules', ...path)].find(existsSync);
  const nodes = [20, 22, 24].map((major) => [`Node ${major}`, at(`node-${major}`, 'bin', 'node')]);
  const found = nodes.filter(([, path]) => path !== undefined);
  if (found.length === 0) found.push([`Node ${process.version}`, process.execPath]);
  return { nodes: found, bun: at('bun', 'bin', 'bun.exe'), deno: at('deno', 'deno') };
}

function tsc(version) {
  return join(packageRoot, 'node_modules', version, 'bin/tsc');
}

/** Checks strict types with the oldest and newest compilers, for each way to resolve modules. */
async function types() {
  const folder = project('ts');
  linkTypes(folder);
  const common = ['--strict', '--target', 'es2022', '--types', 'node'];
  const resolutions = {
    'ES modules': ['--module', 'nodenext', '--moduleResolution', 'nodenext'],
    bundlers: ['--module', 'esnext', '--moduleResolution', 'bundler'],
  };
  for (const version of ['typescript-5.0', 'typescript', 'typescript-latest']) {
    for (const [name, flags] of Object.entries(resolutions)) {
      step(`types for ${name}, ${version}`, process.execPath,
        [tsc(version), 'program.ts', ...common, ...flags, '--skipLibCheck', 'false', '--noEmit'], { cwd: folder });
    }
    cpSync(join(folder, 'program.ts'), join(folder, 'program.cts'));
    step(`types for CommonJS, ${version}`, process.execPath,
      [tsc(version), 'program.cts', ...common, '--module', 'nodenext', '--moduleResolution', 'nodenext', '--outDir', 'out-cjs'], { cwd: folder });
    await program(`the program of ${version} as CommonJS`, process.execPath, ['out-cjs/program.cjs'], folder);
    rmSync(join(folder, 'program.cts'));
  }
}

/** The declarations use `Response` and `AbortSignal` of `@types/node`. */
function linkTypes(folder) {
  for (const name of ['@types/node', 'undici-types']) {
    cpSync(join(packageRoot, 'node_modules', name), join(folder, 'node_modules', name), { recursive: true });
  }
}

async function bundle() {
  const folder = project('esbuild');
  for (const [format, extension] of [['esm', 'mjs'], ['cjs', 'cjs']]) {
    const out = `bundle.${extension}`;
    const entry = format === 'cjs' ? '../cjs/program.cjs' : '../mjs/program.mjs';
    step(`esbuild to ${format}`, join(bin, 'esbuild'),
      [entry, '--bundle', '--platform=node', '--packages=external', `--format=${format}`, `--outfile=${out}`], { cwd: folder, shell });
    await program(`the bundle as ${format}`, process.execPath, [out], folder);
  }
}

async function testRunner(runner, args) {
  const folder = project(runner);
  step(`testing under ${runner}`, join(bin, runner), args, {
    cwd: folder,
    shell,
    env: { ...process.env, NODE_PATH: join(packageRoot, 'node_modules'), CI: '1' },
  });
}

/** Checks the examples with strict types and runs them against a sandbox. */
async function examples() {
  const folder = join(cache, 'projects/examples');
  rmSync(folder, { recursive: true, force: true });
  cpSync(join(workspace, 'examples/node'), folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "name": "examples", "private": true, "type": "module" }\n');
  install(folder);
  linkTypes(folder);
  const lines = readFileSync(join(workspace, 'examples/rosters', ROSTERS[1]), 'utf8').split('\n');
  writeFileSync(join(folder, 'short.csv'), lines.slice(0, 101).join('\n'));
  const files = readdirSync(folder).filter((file) => /\.(mjs|ts)$/.test(file));
  step('the examples have strict types', process.execPath,
    [tsc('typescript'), ...files, '--strict', '--allowJs', '--checkJs', '--noImplicitAny', 'false', '--target', 'es2022', '--module', 'nodenext', '--moduleResolution', 'nodenext', '--types', 'node', '--outDir', 'out'], { cwd: folder });
  const [{ plans }, seed] = await Promise.all([lastMonth(ROSTERS[0]), lastMonth(...ROSTERS)]);
  for (const file of files) {
    const run = (suffix, args, more) =>
      program(`example ${file}${suffix}`, process.execPath, [join('out', file.replace(/ts$/, 'js')), ...args], folder, { ANY: '1' }, more);
    if (!file.startsWith('sync')) {
      await run('', []);
      continue;
    }
    const [october, november] = ROSTERS.map((name) => join(workspace, 'examples/rosters', name));
    const held = join(folder, 'held.jsonl');
    const before = `${held}.before`;
    await run(', first sync', [october, held, '--first-sync'], { seed: { plans } });
    const last = readFileSync(held);
    await checkHeld(', first sync, stores the baseline', held, 250);
    await run(', after last month', [november, held], { seed });
    await checkHeld(', after last month, stores the baseline', held, 254);
    const fails = async (condition, args, seed, prints, rows, more) => {
      rmSync(before, { force: true });
      writeFileSync(held, last, { mode: 0o600 });
      await run(` fails ${condition}`, args, { seed, status: 1, prints, ...more });
      await checkHeld(` keeps a valid baseline ${condition}`, held, rows);
    };
    await fails('if a row fails', [november, held], { ...seed, plans }, /needs attention: rows_failed/, 253);
    await fails('if the group does not hold the baseline', [november, held], { plans: seed.plans }, /needs attention: not_as_planned/, 254);
    await fails('if too many members are missing', [join(folder, 'short.csv'), held], seed, /RosterGuardError/, 250);
    await fails('if the group was synced before', [november, held, '--first-sync'], seed, /of an earlier sync/, 250, { status: 2 });
    const faults = [{ operation: 'groups.members.sync.retrieve', status: 404 }];
    await fails('if the result is unknown', [november, held], seed, /NotFoundError/, null, { faults });
    await run(' fails after an unfinished run', [november, held], { seed, status: 2, prints: /did not finish/ });
    await run(' fails without a baseline', [november], { seed, status: 2, prints: /--first-sync/ });
  }
}

/** Checks that the example stores the baseline privately, or leaves none that seems current. */
async function checkHeld(name, held, rows) {
  const [is, isBefore] = [held, `${held}.before`].map(existsSync);
  const found = is ? (await Roster.readFile(held)).length : null;
  const isPrivate = !is || (statSync(held).mode & 0o077) === 0;
  check(`example sync-roster.mjs${name}`, found === rows && isPrivate && isBefore !== is, `${found} rows, private: ${isPrivate}, before: ${isBefore}`);
}

/** Seed data: a group with last month's roster, and the plans of these rosters. */
async function lastMonth(...names) {
  const read = names.map((name) => Roster.readFile(join(workspace, 'examples/rosters', name)));
  const [members, ...others] = (await Promise.all(read)).map((roster) => roster.members());
  const ids = new Set([members, ...others].flat().map(({ plan_id }) => plan_id));
  const plans = [...ids].map((id) => ({ id, name: id }));
  return { plans, groups: [{ external_reference_id: 'tier-1', name: 'Tier 1', members }] };
}

/** Checks the TypeScript blocks of all pages with strict types and runs them against a sandbox. */
async function typedBlocks() {
  const folder = join(cache, 'projects/blocks');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "name": "blocks", "private": true, "type": "module" }\n');
  install(folder);
  linkTypes(folder);
  const blocks = JSON.parse(run(process.env.PYTHON ?? 'python3', [docBlocks, '--json', 'ts']));
  for (const [index, { code }] of blocks.entries()) writeFileSync(join(folder, `block${index}.ts`), code);
  step('the code blocks have strict types', process.execPath,
    [tsc('typescript'), ...blocks.map((_, index) => `block${index}.ts`), '--strict', '--target', 'es2022', '--module', 'nodenext', '--moduleResolution', 'nodenext', '--types', 'node', '--outDir', 'out'], { cwd: folder });
  for (const name of ROSTERS) cpSync(join(workspace, 'examples/rosters', name), join(folder, name));
  const last = await lastMonth(...ROSTERS);
  for (const [index, { location, prints, code }] of blocks.entries()) {
    const seed = code.includes(ROSTERS[0]) ? last : undefined;
    await program(location, process.execPath, [`out/block${index}.js`], folder, prints === null ? { ANY: '1' } : { PRINTS: prints }, { seed });
  }
}

function packaging() {
  const [main] = tarballs().filter((file) => /vitable-groups-\d/.test(file));
  step('are the types wrong?', join(bin, 'attw'), [main, '--format', 'table-flipped'], { cwd: cache, shell });
  step('publint', join(bin, 'publint'), ['run', main, '--strict'], { cwd: cache, shell });
}
