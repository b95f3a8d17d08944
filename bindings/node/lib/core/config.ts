/** Options of a client, and their serialized form for the core. */

import type { Fetch } from './callbacks/fetch.js';
import type { Logger, LogLevel } from './callbacks/log.js';
import type { TokenProvider } from './callbacks/token.js';
import { VitableConnectError } from './error.js';
import { type HeadersLike, headerPairs } from './request/headers.js';
import { type FetchOptions, limit, retries } from './request/options.js';

/** Settings of the built-in transport. */
export interface HttpOptions {
  /** The proxy of all requests (`http://`, `https://`, `socks5://`), instead of the environment's. */
  proxy?: string;
  /** Hosts to reach without the proxy, comma-separated. */
  noProxy?: string;
  /** Ignores `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`. */
  ignoreEnvironmentProxy?: boolean;
  /** Trusts only the certificates in this PEM text. */
  ca?: string;
  /** Trusts the certificates in this PEM file and the system's; `NODE_EXTRA_CA_CERTS` by default. */
  caFile?: string;
  /** `http1` by default; `auto` uses HTTP/2 where TLS negotiates it. */
  version?: 'auto' | 'http1' | 'http2';
}

/** Options of a client. */
export interface ClientOptions {
  /** The API key; `VITABLE_CONNECT_API_KEY` by default. */
  apiKey?: string | undefined;
  /** Provides short-lived tokens, instead of a key. */
  tokenProvider?: TokenProvider | undefined;
  /** One of the vendor's environments; production by default. */
  environment?: 'production' | 'environment_1' | undefined;
  /** The base URL of the API, with its path if it has one; `null` ignores `VITABLE_CONNECT_BASE_URL`. */
  baseURL?: string | null | undefined;
  /** Limit of each attempt, reading the body included, in milliseconds; 60,000 by default, `Infinity` is unlimited. */
  timeout?: number | undefined;
  /** Limit for connecting, per attempt of the built-in transport, in milliseconds; 5,000 by default. */
  connectTimeout?: number | undefined;
  /** Limit of each call as a whole, in milliseconds: attempts, waits, pages. Unlimited by default. */
  deadline?: number | undefined;
  /** Attempts after the first; 2 by default, `Infinity` is unlimited. */
  maxRetries?: number | undefined;
  /** Headers of every request; `null` omits a header. */
  defaultHeaders?: HeadersLike;
  /** Query parameters of every request. */
  defaultQuery?: Record<string, string | undefined> | undefined;
  /** Sends every attempt, instead of the built-in transport. */
  fetch?: Fetch | undefined;
  /** Options for `fetch` such as `dispatcher`; every attempt is then sent through `fetch`. */
  fetchOptions?: FetchOptions | undefined;
  /** Receives log messages; `console` by default. */
  logger?: Logger | undefined;
  /** The least severe level to log; `VITABLE_CONNECT_LOG`, else `warn`. */
  logLevel?: LogLevel | undefined;
  /** The organization to act as, if the credentials cover several: `org_…`. */
  organization?: string | undefined;
  /** Settings of the built-in transport. */
  http?: HttpOptions | undefined;
  /** Sends the key and member data unencrypted, for a sandbox in a container network. */
  dangerouslyAllowPlainHttp?: boolean | undefined;
}

/** @internal Key of settings that only tests may change. */
export const TEST_SETTINGS = Symbol('test settings');

// The variables that the core reads. They are passed to it, as each worker has an environment of its own.
const API_KEY = 'VITABLE_CONNECT_API_KEY';
const BASE_URL = 'VITABLE_CONNECT_BASE_URL';
const CUSTOM_HEADERS = 'VITABLE_CONNECT_CUSTOM_HEADERS';
export const LOG = 'VITABLE_CONNECT_LOG';

/** The trimmed value of a variable; a blank one counts as unset. */
export function readEnv(name: string): string | undefined {
  return globalThis.process?.env?.[name]?.trim() || undefined;
}

/** The variables that the core gets. */
export function variables(options: ClientOptions): Record<string, string> {
  const names = [API_KEY, CUSTOM_HEADERS];
  if (options.baseURL !== null) names.push(BASE_URL);
  const values: Record<string, string> = {};
  for (const name of names) {
    const value = readEnv(name);
    if (value !== undefined) values[name] = value;
  }
  return values;
}

/** The options in the form that the core reads. A derived client shares connections unless `http` is set. */
export function encodeConfig(options: ClientOptions, isDerived = false): Record<string, unknown> {
  const baseURL = options.baseURL?.trim() || undefined;
  if (baseURL !== undefined && options.environment !== undefined) {
    throw new VitableConnectError(
      'Ambiguous URL: both `baseURL` and `environment` are set; omit one of them',
    );
  }
  const { http, defaultHeaders, defaultQuery } = options;
  const readsCaFile = http ? http.ca === undefined : !isDerived;
  const caFile = http?.caFile ?? (readsCaFile ? readEnv('NODE_EXTRA_CA_CERTS') : undefined);
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
    test_settings: (options as { [TEST_SETTINGS]?: object })[TEST_SETTINGS],
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
