/** The core's table of operations, read only once a call sets a path or method of its own. */

import { InvalidArgumentError } from '../error.js';
import { addon } from '../native.js';
import type { FinalRequestOptions, HTTPMethod, RequestOptions } from './options.js';

interface Operation {
  name: string;
  method: string;
  path: string;
  paginated: boolean;
}

let table: Operation[] | undefined;

function operations(): Operation[] {
  return (table ??= (JSON.parse(addon.manifest()) as { operations: Operation[] }).operations);
}

/** What the core calls: an operation by its name, or `METHOD /path`. */
export interface Target {
  target: string;
  params?: string[];
}

export function targetOf(
  operation: string | undefined,
  params: string[],
  options: RequestOptions | undefined,
): Target {
  if (operation !== undefined && options?.method === undefined && options?.path === undefined) {
    return { target: operation, params };
  }
  const final = finalOptions(operation, params, options);
  const own = operation !== undefined && finalOptions(operation, params, undefined);
  if (own && own.path === final.path && own.method === final.method) {
    return { target: operation as string, params };
  }
  return { target: `${final.method.toUpperCase()} ${final.path}` };
}

/** The options with the operation's method and path, unless they set their own. */
export function finalOptions(
  operation: string | undefined,
  params: string[],
  options: RequestOptions | undefined,
): FinalRequestOptions {
  const known = operations().find(({ name }) => name === operation);
  const method = options?.method ?? (known?.method.toLowerCase() as HTTPMethod | undefined);
  const path = options?.path ?? (known && filled(known.path, params));
  if (method === undefined || path === undefined) {
    throw new InvalidArgumentError('a request needs a `method` and a `path`');
  }
  return { ...options, method, path };
}

/** The paginated operation with this method and path, if there is one. */
export function listOperationOf({ method, path }: FinalRequestOptions): string | undefined {
  const found = operations().find((known) => known.paginated && known.path === path);
  return method === 'get' ? found?.name : undefined;
}

/** A path with its parameters. */
export function filled(path: string, params: string[]): string {
  let index = 0;
  return path.replace(/\{\w+\}/g, () => encodeURIComponent(params[index++] ?? ''));
}
