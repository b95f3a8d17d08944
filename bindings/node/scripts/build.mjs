// Builds `dist/`: CommonJS modules with the code, and ES modules that only re-export them, so that
// programs which use both get one set of classes.

import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);
const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc');
const cjs = join(root, 'dist/cjs');
const esm = join(root, 'dist/esm');

rmSync(join(root, 'dist'), { recursive: true, force: true });
compile('tsconfig.json', 'commonjs');
compile('tsconfig.esm.json', 'module');

const modules = filesBelow(cjs).filter((file) => file.endsWith('.js')).map((file) => relative(cjs, file));
await bundle(modules);
for (const file of modules) wrap(file);

// `require('vitable-groups')` returns the class of the client, with all other exports as properties.
appendFileSync(
  join(cjs, 'index.js'),
  `
const named = module.exports;
module.exports = named.VitableConnect;
for (const name of Object.keys(named)) {
  if (!(name in module.exports)) module.exports[name] = named[name];
}
Object.defineProperty(module.exports, '__esModule', { value: true });
module.exports.default = named.VitableConnect;
`,
);

// Loading fifty small files takes longer than loading the addon. They are bundled into one file, and
// each of them re-exports its part of it.
async function bundle(files) {
  const contents = files.map((file) => `export * as ${JSON.stringify(file)} from './${file.replace(/js$/, 'ts')}';`).join('\n');
  await build({
    stdin: { contents, resolveDir: join(root, 'lib') },
    outfile: join(cjs, 'all.cjs'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    keepNames: true,
    logLevel: 'error',
  });
  for (const file of files) {
    const to = relative(dirname(join(cjs, file)), join(cjs, 'all.cjs')).replaceAll('\\', '/');
    const own = to.startsWith('.') ? to : `./${to}`;
    writeFileSync(join(cjs, file), `module.exports = require('${own}')[${JSON.stringify(file)}];\n`);
  }
}

// TypeScript derives the format of declarations from the package.json next to them.
function compile(config, type) {
  const out = type === 'module' ? esm : cjs;
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, 'package.json'), `${JSON.stringify({ type })}\n`);
  const outer = join(root, 'lib/package.json');
  writeFileSync(outer, `${JSON.stringify({ type })}\n`);
  try {
    execFileSync(process.execPath, [tsc, '-p', join(root, config)], { stdio: 'inherit' });
  } finally {
    rmSync(outer);
  }
}

function filesBelow(folder) {
  return readdirSync(folder, { recursive: true }).map((name) => join(folder, name));
}

function wrap(file) {
  const names = Object.keys(require(join(cjs, file))).filter((name) => name !== 'default');
  const to = relative(dirname(join(esm, file)), join(cjs, file)).replaceAll('\\', '/');
  const lines = [`import cjs from '${to}';`];
  if (names.length > 0) lines.push(`export const {\n${names.map((name) => `  ${name},\n`).join('')}} = cjs;`);
  if (file === 'index.js') lines.push('export default cjs.default;');
  writeFileSync(join(esm, file), `${lines.join('\n')}\n`);
}
