// The module graph of a folder, and the import cycles in it.

import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, sep } from 'node:path';

/**
 * For each file of a folder the files that it imports, by path. Type imports, re-exports and dynamic
 * imports count as well.
 */
export function graphOf(ts, folder) {
  const files = readdirSync(folder, { recursive: true })
    .map((file) => file.split(sep).join('/'))
    .filter((file) => /(?<!\.d)\.(ts|mjs)$/.test(file));
  return graphOfSources(ts, new Map(files.map((file) => [file, readFileSync(join(folder, file), 'utf8')])));
}

/** The same for sources by path. Imports of packages and of files outside the folder are ignored. */
export function graphOfSources(ts, sources) {
  const graph = new Map();
  for (const [file, source] of sources) {
    const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest);
    const paths = specifiersIn(ts, tree)
      .filter((specifier) => specifier.startsWith('.'))
      .map((specifier) => posix.join(posix.dirname(file), specifier))
      .filter((path) => !path.startsWith('..'));
    graph.set(file, new Set(paths.map((path) => resolved(path, file, sources))));
  }
  return graph;
}

function resolved(path, file, sources) {
  // Imports in TypeScript name the compiled file.
  const found = [path, path.replace(/\.js$/, '.ts')].find((candidate) => sources.has(candidate));
  if (found === undefined) throw new Error(`${file} imports ${path}, which does not exist`);
  return found;
}

/** The graph of the top-level folders; files outside of them are ignored. */
export function foldersOf(graph) {
  const folders = new Map();
  const folderOf = (file) => (file.includes('/') ? file.split('/')[0] : undefined);
  for (const [file, imports] of graph) {
    const folder = folderOf(file);
    if (folder === undefined) continue;
    const others = [...imports].map(folderOf).filter((other) => other !== undefined && other !== folder);
    folders.set(folder, new Set([...(folders.get(folder) ?? []), ...others]));
  }
  return folders;
}

function specifiersIn(ts, tree) {
  const specifiers = [];
  const visit = (node) => {
    const specifier = specifierOf(ts, node);
    if (specifier && ts.isStringLiteralLike(specifier)) specifiers.push(specifier.text);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return specifiers;
}

/** The module specifier of a node that imports one. */
function specifierOf(ts, node) {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isExternalModuleReference(node)) return node.expression;
  if (ts.isImportTypeNode(node)) return ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined;
  if (!ts.isCallExpression(node)) return undefined;
  const { expression } = node;
  const isImport = expression.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(expression) && expression.text === 'require');
  return isImport ? node.arguments[0] : undefined;
}

/**
 * The cycles of a graph. For each group of files that import one another, directly or not, a shortest
 * path from its first file back to that file.
 */
export function cyclesIn(graph) {
  const cycles = [];
  const covered = new Set();
  for (const file of [...graph.keys()].sort()) {
    if (covered.has(file)) continue;
    const cycle = shortestCycle(graph, file);
    if (cycle === undefined) continue;
    cycles.push(cycle);
    const reached = reachedFrom(graph, file);
    for (const other of reached) if (reachedFrom(graph, other).has(file)) covered.add(other);
  }
  return cycles;
}

function shortestCycle(graph, start) {
  const paths = [[start]];
  const seen = new Set();
  for (const path of paths) {
    for (const next of [...graph.get(path.at(-1))].sort()) {
      if (next === start) return [...path, start];
      if (seen.has(next)) continue;
      seen.add(next);
      paths.push([...path, next]);
    }
  }
  return undefined;
}

function reachedFrom(graph, start) {
  const reached = new Set();
  const left = [start];
  while (left.length > 0) {
    for (const next of graph.get(left.pop())) {
      if (reached.has(next)) continue;
      reached.add(next);
      left.push(next);
    }
  }
  return reached;
}
