/** Options of a call, beyond its parameters. */

import { InvalidArgumentError } from '../error.js';
import { type HeadersLike, headerPairs, type Pairs } from './headers.js';

/** Options for `fetch` beside those that the client sets, such as `dispatcher`. */
export type FetchOptions = Omit<RequestInit, 'method' | 'headers' | 'body' | 'signal'> & {
  [name: string]: unknown;
};

/** An HTTP method. */
export type HTTPMethod = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** Options of one call. Options that are not set come from the client. */
export interface RequestOptions {
  /** The HTTP method, instead of the operation's. */
  method?: HTTPMethod;
  /** The path, instead of the operation's. */
  path?: string;
  /** The query, instead of the call's parameters. */
  query?: object | undefined | null;
  /** The body, instead of the call's parameters. */
  body?: unknown;
  /** Headers to set, or to omit with `null`. */
  headers?: HeadersLike;
  /** Attempts after the first; `Infinity` is unlimited. */
  maxRetries?: number;
  /** Limit of one attempt, reading the body included, in milliseconds; `Infinity` is unlimited. */
  timeout?: number;
  /** Limit for connecting, per attempt of the built-in transport, in milliseconds; `Infinity` is unlimited. */
  connectTimeout?: number;
  /** Limit of the whole call: attempts, waits, pages and polls, in milliseconds; `Infinity` is unlimited. */
  deadline?: number;
  /** Cancels the call at once, in whatever state it is. */
  signal?: AbortSignal | undefined | null;
  /** Further options for `fetch`; the call is then sent through `fetch`. */
  fetchOptions?: FetchOptions;
  /** The idempotency key of a write; random by default. */
  idempotencyKey?: string;
  /** The organization to act as, `org_…`. */
  organization?: string;
  /** Allows an absolute URL of another origin; the key is not sent there. */
  allowOtherOrigin?: boolean;
  /** For lists: how many pages to fetch concurrently while iterating; 0 fetches one after another. */
  prefetch?: number;
  /**
   * The base URL of this call, unless the client has one of its own. A base URL of another origin
   * needs `allowOtherOrigin`, and the key is not sent there.
   */
  defaultBaseURL?: string;
  /** Accepted for compatibility with the official client; bodies are always buffered. */
  stream?: boolean;
}

/** Options of a call whose method and path are set. */
export interface FinalRequestOptions extends RequestOptions {
  /** The HTTP method. */
  method: HTTPMethod;
  /** The path, or an absolute URL of the same origin. */
  path: string;
}

/** Key under which the options of a list keep the deadline that all its pages share. */
export const LIST_DEADLINE: unique symbol = Symbol('list deadline');

/** Options of a list. Its first call sets the shared deadline, in the core's own form. */
export interface ListOptions extends RequestOptions {
  [LIST_DEADLINE]?: { value?: unknown };
}

/** How often a wait polls. */
export interface PollOptions {
  /** The interval between polls, in milliseconds; by default it grows from 500 to 5,000. */
  pollInterval?: number;
}

/** Serializes the options for the addon; `undefined` if none are set. */
export function encodeOptions(
  options: (RequestOptions & PollOptions) | undefined,
  query: object | undefined | null = options?.query,
): string | undefined {
  const pairs = queryPairs(query);
  if (options === undefined) return pairs && JSON.stringify({ extra_query: pairs });
  const headers = options.headers ? headerPairs(options.headers) : undefined;
  const encoded = {
    extra_query: pairs,
    headers,
    timeout: limit('timeout', options.timeout),
    connect_timeout: limit('connectTimeout', options.connectTimeout),
    deadline: limit('deadline', options.deadline),
    until: (options as ListOptions)[LIST_DEADLINE]?.value,
    poll_interval: milliseconds('pollInterval', options.pollInterval),
    max_retries: retries(options.maxRetries),
    idempotency_key: options.idempotencyKey,
    organization: options.organization,
    allow_other_origin: options.allowOtherOrigin,
  };
  const text = JSON.stringify(encoded);
  return text === '{}' ? undefined : text;
}

/** Names and values; `null` removes a default. */
export function queryPairs(query: object | undefined | null): Pairs | undefined {
  if (!query) return undefined;
  const pairs: Pairs = [];
  for (const [name, value] of Object.entries(query as Record<string, unknown>)) {
    switch (typeof value) {
      case 'undefined':
        pairs.push([name, null]);
        break;
      case 'string':
      case 'number':
      case 'boolean':
        pairs.push([name, String(value)]);
        break;
      default:
        if (value !== null) {
          throw new InvalidArgumentError(
            `the query parameter \`${name}\` is not a string, number or boolean`,
          );
        }
        pairs.push([name, '']);
    }
  }
  return pairs.length === 0 ? undefined : pairs;
}

/** Checks a limit in milliseconds; `null` is unlimited. */
export function limit(name: string, value: number | undefined): number | null | undefined {
  return value === Infinity ? null : milliseconds(name, value);
}

export function milliseconds(name: string, value: number | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!Number.isInteger(value) || value < 0) {
    throw new InvalidArgumentError(`\`${name}\` must be a whole number of milliseconds, 0 or more`);
  }
  return value;
}

/** Checks a number of retries; `Infinity` is the most that the core counts. */
export function retries(value: number | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (value === Infinity) return 2 ** 32 - 1;
  if (!Number.isInteger(value) || value < 0) {
    throw new InvalidArgumentError('`maxRetries` must be a whole number, 0 or more, or Infinity');
  }
  return value;
}
