// The imports of the package form no cycles, neither between its modules nor between its folders.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { cyclesIn, foldersOf, graphOf, graphOfSources } from './layout/graph.mjs';

// The tests run beside an installed package, which has no sources.
const workspace = process.env.WORKSPACE ?? join(import.meta.dirname, '../../..');
const packageRoot = join(workspace, 'bindings/node');
const ts = createRequire(join(packageRoot, 'package.json'))('typescript');

const shown = (cycles) => cycles.map((cycle) => cycle.join(' > ')).join('\n');

for (const folder of ['lib', 'tests', 'scripts']) {
  const graph = graphOf(ts, join(packageRoot, folder));

  test(`the modules of ${folder}/ have no cycles`, () => {
    assert.ok(graph.size > 5 && [...graph.values()].some((imports) => imports.size > 0), `${graph.size} modules`);
    const cycles = cyclesIn(graph);
    assert.equal(cycles.length, 0, `import cycles:\n${shown(cycles)}`);
  });
}

for (const [folder, expected] of [
  ['lib', ['core', 'helpers', 'models', 'resources', 'roster']],
  ['lib/core', ['callbacks', 'calls', 'request']],
]) {
  test(`the folders of ${folder}/ have no cycles`, () => {
    const folders = foldersOf(graphOf(ts, join(packageRoot, folder)));
    assert.deepEqual([...folders.keys()].sort(), expected);
    const cycles = cyclesIn(folders);
    assert.equal(cycles.length, 0, `cycles of folders:\n${shown(cycles)}`);
  });
}

/** One source for each form of an import, which all tie two files together. */
const FORMS = {
  'an import': "import { b } from './b.js';",
  'a type import': "import type { B } from './b.js';",
  'an import for its effect': "import './b.js';",
  'a re-export': "export { b } from './b.js';",
  'a re-export of all types': "export type * from './b.js';",
  'a type in an expression': "export type B = import('./b.js').B;",
  'a dynamic import': "export const b = async () => (await import('./b.js')).b;",
  'an import assignment': "import b = require('./b.js');",
  'a call of require': "const b = require('./b.js');",
};

for (const [form, source] of Object.entries(FORMS)) {
  test(`a cycle is found through ${form}`, () => {
    const sources = new Map([['a.ts', source], ['b.ts', "import './sub/c.js';"], ['sub/c.ts', "import { a } from '../a.js';"]]);
    assert.deepEqual(cyclesIn(graphOfSources(ts, sources)), [['a.ts', 'b.ts', 'sub/c.ts', 'a.ts']]);
  });
}

test('text that only looks like an import is not one', () => {
  const source = "// import './a.js';\nconst text = `import './a.js'`;\n/* require('./a.js') */\nconst path = './a.js';";
  assert.deepEqual(graphOfSources(ts, new Map([['a.ts', source]])).get('a.ts'), new Set());
});

test('an import that no file of the folder resolves is an error', () => {
  const sources = new Map([['sub/a.ts', "import 'node:fs';\nimport './b.js';"]]);
  assert.throws(() => graphOfSources(ts, sources), /sub\/a\.ts imports sub\/b\.js, which does not exist/);
});

test('every group of files in cycles is found, and a file that imports itself', () => {
  const graph = new Map(
    Object.entries({ a: ['b'], b: ['c'], c: ['a', 'd'], d: [], e: ['f', 'd'], f: ['e'], g: ['g'], h: ['a', 'e'] }).map(
      ([file, imports]) => [file, new Set(imports)],
    ),
  );
  assert.deepEqual(cyclesIn(graph), [['a', 'b', 'c', 'a'], ['e', 'f', 'e'], ['g', 'g']]);
});

test('folders of a cycle are found though no files form one', () => {
  const sources = new Map([
    ['x/a.ts', "import '../y/b.js';"],
    ['y/b.ts', ''],
    ['y/c.ts', "import '../x/d.js';"],
    ['x/d.ts', ''],
    ['entry.ts', "import './x/a.js';"],
  ]);
  const graph = graphOfSources(ts, sources);
  assert.deepEqual(cyclesIn(graph), []);
  assert.deepEqual(cyclesIn(foldersOf(graph)), [['x', 'y', 'x']]);
});
