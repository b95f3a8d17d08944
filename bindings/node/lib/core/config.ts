/** Options of a client, on their way to the core. */

import { VitableConnectError } from './error.js';
import type { Fetch } from './fetch.js';
import { type HeadersLike, headerPairs } from './headers.js';
import type { Logger, LogLevel } from './log.js';
import { type FetchOptions, limit, retries } from './options.js';
import type { TokenProvider } from './token.js';

/** Settings of the built-in transport. */
export interface HttpOptions {
  /** The proxy for all requests (`http://`, `https://`, `socks5://`), instead of the environment's. */
  proxy?: string;
  /** Hosts that are reached without the proxy, comma-separated. */
  noProxy?: string;
  /** Ignores `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`. */
  ignoreEnvironmentProxy?: boolean;
  /** Trust only the certificates of this PEM text. */
  ca?: string;
  /** Trust the certificates of this PEM file beside the system's; `NODE_EXTRA_CA_CERTS` is one. */
  caFile?: string;
  /** `http1` by default; `auto` speaks HTTP/2 where TLS agrees on it. */
  version?: 'auto' | 'http1' | 'http2';
}

/** Options of a client. */
export interface ClientOptions {
  /** The API key; without one, `VITABLE_CONNECT_API_KEY` is read. */
  apiKey?: string | undefined;
  /** Fetches short-lived tokens, instead of a key. */
  tokenProvider?: TokenProvider | undefined;
  /** One of the vendor's environments; production by default. */
  environment?: 'production' | 'environment_1' | undefined;
  /** Where the API is, a path in it is kept; `null` ignores `VITABLE_CONNECT_BASE_URL`. */
  baseURL?: string | null | undefined;
  /** Bounds each attempt, its body included, in milliseconds; 60,000 by default, `Infinity` is no limit. */
  timeout?: number | undefined;
  /** Bounds the connecting of each attempt by the built-in transport, in milliseconds; 5,000 by default. */
  connectTimeout?: number | undefined;
  /** Bounds each call as a whole, in milliseconds: attempts, waits, pages. None by default. */
  deadline?: number | undefined;
  /** Attempts after the first; 2 by default, `Infinity` is no limit. */
  maxRetries?: number | undefined;
  /** Headers of every request; `null` leaves one out. */
  defaultHeaders?: HeadersLike;
  /** Query parameters of every request. */
  defaultQuery?: Record<string, string | undefined> | undefined;
  /** Sends every attempt, instead of the built-in transport. */
  fetch?: Fetch | undefined;
  /** Options for `fetch` such as `dispatcher`; every attempt then goes through `fetch`. */
  fetchOptions?: FetchOptions | undefined;
  /** Takes log lines; `console` by default. */
  logger?: Logger | undefined;
  /** How much is said; `VITABLE_CONNECT_LOG`, else `warn`. */
  logLevel?: LogLevel | undefined;
  /** The organization to act as, where the credentials reach several: `org_…`. */
  organization?: string | undefined;
  /** Settings of the built-in transport. */
  http?: HttpOptions | undefined;
  /** Lets key and member data travel in the clear, to a sandbox in a container network. */
  dangerouslyAllowPlainHttp?: boolean | undefined;
}

/** @internal Settings of the core that tests need and callers do not get. */
export const TUNED = Symbol('tuned');

/** Variables that the core reads; passed along, as a worker's environment is its own. */
const API_KEY = 'VITABLE_CONNECT_API_KEY';
const BASE_URL = 'VITABLE_CONNECT_BASE_URL';
const CUSTOM_HEADERS = 'VITABLE_CONNECT_CUSTOM_HEADERS';
export const LOG = 'VITABLE_CONNECT_LOG';

/** A variable's value, trimmed; a blank one is unset. */
export function readEnv(name: string): string | undefined {
  return globalThis.process?.env?.[name]?.trim() || undefined;
}

/** The variables for the core. */
export function variables(options: ClientOptions): Record<string, string> {
  const names = [API_KEY, CUSTOM_HEADERS];
  if (options.baseURL !== null) names.push(BASE_URL);
  const found: Record<string, string> = {};
  for (const name of names) {
    const value = readEnv(name);
    if (value !== undefined) found[name] = value;
  }
  return found;
}

/** What is given, as the core reads it. */
export function encodeConfig(options: ClientOptions): Record<string, unknown> {
  const baseURL = options.baseURL?.trim() || undefined;
  if (baseURL !== undefined && options.environment !== undefined) {
    throw new VitableConnectError(
      'Ambiguous URL: both `baseURL` and `environment` are given; leave one of them out',
    );
  }
  const { http, defaultHeaders, defaultQuery } = options;
  const caFile = http?.caFile ?? (http?.ca === undefined ? readEnv('NODE_EXTRA_CA_CERTS') : undefined);
  return {
    api_key: options.apiKey ?? undefined,
    base_url: baseURL,
    no_base_url: options.baseURL === null || undefined,
    environment: options.environment,
    timeout: limit('timeout', options.timeout),
    connect_timeout: limit('connectTimeout', options.connectTimeout),
    deadline: limit('deadline', options.deadline),
    max_retries: retries(options.maxRetries),
    headers: defaultHeaders ? headerPairs(defaultHeaders) : undefined,
    query:
      defaultQuery &&
      Object.entries(defaultQuery).filter((pair): pair is [string, string] => pair[1] !== undefined),
    organization: options.organization,
    dangerously_allow_plain_http: options.dangerouslyAllowPlainHttp,
    tuned: (options as { [TUNED]?: object })[TUNED],
    http: (http ?? caFile) && {
      proxy: http?.proxy,
      no_proxy: http?.noProxy,
      ignore_environment_proxy: http?.ignoreEnvironmentProxy,
      ca: http?.ca,
      ca_file: caFile,
      version: http?.version,
    },
  };
}
