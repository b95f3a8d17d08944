/** Headers in every form that callers may pass. */

import { VitableConnectError } from '../error.js';

type Value = string | undefined | null;

/** Headers to set. `null` omits a header, `undefined` is ignored, names are case-insensitive. */
export type HeadersLike =
  | Headers
  | readonly (readonly [string, Value | readonly Value[]])[]
  | Record<string, Value | readonly Value[]>
  | undefined
  | null;

/** Names and values for the core; `null` omits the name. */
export type Pairs = [string, string | null][];

export function headerPairs(headers: HeadersLike): Pairs {
  if (!headers) return [];
  const entries: Iterable<readonly [string, Value | readonly Value[]]> =
    Symbol.iterator in headers ? (headers as Iterable<readonly [string, Value]>) : Object.entries(headers);
  const pairs: Pairs = [];
  for (const [name, value] of entries) {
    if (typeof name !== 'string') throw new VitableConnectError('a header name is not a string');
    if (value === undefined) continue;
    pairs.push([name, Array.isArray(value) ? joined(value) : text(value as Value)]);
  }
  return pairs;
}

function text(value: Value): string | null {
  return value === null || value === undefined ? null : String(value);
}

/** Several values of one header, sent as one line. */
function joined(values: readonly Value[]): string | null {
  // A null clears the values before it.
  const from = values.lastIndexOf(null) + 1;
  const rest = values.slice(from).filter((value) => value !== undefined);
  return rest.length === 0 ? null : rest.join(', ');
}

/** Headers from alternating names and values, as the addon returns them. */
export function toHeaders(flat: readonly string[]): Headers {
  const headers = new Headers();
  for (let index = 0; index + 1 < flat.length; index += 2) {
    headers.append(flat[index] as string, flat[index + 1] as string);
  }
  return headers;
}

/** Headers to set, and the names of those to omit. */
export interface NullableHeaders {
  /** Headers to set. */
  values: Headers;
  /** Names to omit, in lower case. */
  nulls: Set<string>;
}

export function nullableHeaders(pairs: Pairs): NullableHeaders {
  const values = new Headers();
  const nulls = new Set<string>();
  for (const [name, value] of pairs) {
    const key = name.toLowerCase();
    if (value === null) {
      values.delete(key);
      nulls.add(key);
    } else {
      values.set(key, value);
      nulls.delete(key);
    }
  }
  return { values, nulls };
}
