// Calls any operation by its name, with the parameters that the core's manifest lists for it.

import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
export const { addon } = require('../node_modules/vitable-groups/dist/cjs/core/native.js');
export const manifest = JSON.parse(addon.manifest());

const operations = new Map(manifest.operations.map((operation) => [operation.name, operation]));
const camel = (name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());

/** Whether the manifest has an operation. */
export const isOperation = (name) => operations.has(name);

/**
 * Calls an operation: the last id of its path is an argument, all other parameters are one object.
 * `change` changes the body.
 */
export function invoke(client, name, params, options, change = (body) => body) {
  const { path_params, query_params, body_params } = operations.get(name);
  const id = path_params.at(-1);
  const { [id]: own, ...others } = params;
  const hasObject = path_params.length > 1 || query_params.length > 0 || body_params.length > 0;
  const object = body_params.length > 0 ? change(others) : others;
  const path = name.split('.').map(camel);
  const owner = path.slice(0, -1).reduce((parent, part) => parent[part], client);
  return owner[path.at(-1)](...(id === undefined ? [] : [own]), ...(hasObject ? [object] : []), options);
}
