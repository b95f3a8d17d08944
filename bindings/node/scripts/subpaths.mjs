// The subpaths of the published package: the modules at the top of `lib/`, those of `lib/core/` that have
// a namesake there, and all resources.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from './paths.mjs';

/** The public modules, by path in `lib/`. */
function modules() {
  const below = (folder) =>
    readdirSync(join(packageRoot, 'lib', folder), { recursive: true })
      .map((file) => file.replaceAll('\\', '/'))
      .filter((file) => file.endsWith('.ts'))
      .map((file) => file.replace(/\.ts$/, ''));
  const top = below('').filter((file) => !file.includes('/') && file !== 'index' && file !== 'resources');
  const core = new Set(below('core'));
  const resources = below('resources').map((file) => `resources/${file}`);
  return [...top, ...top.filter((file) => core.has(file)).map((file) => `core/${file}`), ...resources];
}

/** `exports` and, for old ways to resolve modules, `typesVersions`. */
export function subpaths() {
  const exports = {};
  const types = {};
  const entry = (file, format) => ({ types: `./dist/${format}/${file}.d.ts`, default: `./dist/${format}/${file}.js` });
  for (const file of ['index', ...modules()]) {
    const path = file.replace(/\/?\bindex$/, '');
    exports[path === '' ? '.' : `./${path}`] = { import: entry(file, 'esm'), require: entry(file, 'cjs') };
    if (path !== '') types[path] = [`./dist/cjs/${file}.d.ts`];
  }
  return { exports: { ...exports, './package.json': './package.json' }, typesVersions: { '*': types } };
}
