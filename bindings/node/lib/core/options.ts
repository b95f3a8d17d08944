/** What one call may ask for beyond its parameters. */

import { InvalidArgumentError } from './error.js';
import { type HeadersLike, headerPairs, type Pairs } from './headers.js';

/** Options for `fetch` beside those that the client sets, such as `dispatcher`. */
export type FetchOptions = Omit<RequestInit, 'method' | 'headers' | 'body' | 'signal'> & {
  [name: string]: unknown;
};

/** A verb. */
export type HTTPMethod = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** Options of one call; what is not given comes from the client. */
export interface RequestOptions {
  /** The verb, instead of the method's own. */
  method?: HTTPMethod;
  /** The path, instead of the method's own. */
  path?: string;
  /** The query, instead of the method's own. */
  query?: object | undefined | null;
  /** The body, instead of the method's own. */
  body?: unknown;
  /** Headers to set, or with `null` to leave out. */
  headers?: HeadersLike;
  /** Attempts after the first; `Infinity` is no limit. */
  maxRetries?: number;
  /** Bounds one attempt, the body included, in milliseconds; `Infinity` is no limit. */
  timeout?: number;
  /** Bounds the connecting of one attempt by the built-in transport, in milliseconds; `Infinity` is no limit. */
  connectTimeout?: number;
  /** Bounds everything together: attempts, waits, pages, polls, in milliseconds; `Infinity` is no limit. */
  deadline?: number;
  /** Ends the call at once, whatever it is doing. */
  signal?: AbortSignal | undefined | null;
  /** More options for `fetch`; the call then goes through `fetch`. */
  fetchOptions?: FetchOptions;
  /** The idempotency key of a write, instead of a random one. */
  idempotencyKey?: string;
  /** The organization to act as, `org_…`. */
  organization?: string;
  /** Allows an absolute URL of another origin; the key is not sent there. */
  allowOtherOrigin?: boolean;
  /** For lists: how many pages to fetch at the same time while iterating; 0 is one after another. */
  prefetch?: number;
  /**
   * The base URL of this call, unless the client was given one. Where it is of another origin, the
   * call needs `allowOtherOrigin`, and the key is not sent there.
   */
  defaultBaseURL?: string;
  /** Accepted for programs of the official client; bodies are always read whole. */
  stream?: boolean;
}

/** Options of a call whose verb and path are known. */
export interface FinalRequestOptions extends RequestOptions {
  /** The verb. */
  method: HTTPMethod;
  /** The path, or an absolute URL of the same origin. */
  path: string;
}

/** Where the options of a list keep the moment by which all its pages must have come. */
export const MOMENT: unique symbol = Symbol('moment');

/** Options of a list, whose first call sets the moment; what it is, only the core knows. */
export interface ListOptions extends RequestOptions {
  [MOMENT]?: { value?: unknown };
}

/** How a wait is paced. */
export interface PollOptions {
  /** The time between two looks, in milliseconds; by default it grows from 500 to 5,000. */
  pollInterval?: number;
}

/** The options as the addon reads them; `undefined` if there are none. */
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
    until: (options as ListOptions)[MOMENT]?.value,
    poll_interval: milliseconds('pollInterval', options.pollInterval),
    max_retries: retries(options.maxRetries),
    idempotency_key: options.idempotencyKey,
    organization: options.organization,
    allow_other_origin: options.allowOtherOrigin,
  };
  const text = JSON.stringify(encoded);
  return text === '{}' ? undefined : text;
}

/** Names and values; null removes a default. */
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
            `the query parameter \`${name}\` is no string, number or boolean`,
          );
        }
        pairs.push([name, '']);
    }
  }
  return pairs.length === 0 ? undefined : pairs;
}

/** `null` is no limit. */
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

/** Beyond what the core counts is no limit. */
export function retries(value: number | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (value === Infinity) return 2 ** 32 - 1;
  if (!Number.isInteger(value) || value < 0) {
    throw new InvalidArgumentError('`maxRetries` must be a whole number, 0 or more, or Infinity');
  }
  return value;
}
