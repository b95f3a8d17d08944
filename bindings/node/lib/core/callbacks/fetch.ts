/** Sends attempts through a `fetch` of the caller. */

import { contextOf } from '../calls/contexts.js';
import type { FetchRequest, FetchResponse, Hooks } from '../native.js';
import { toHeaders } from '../request/headers.js';
import type { FetchOptions } from '../request/options.js';

/** A function with the signature of the global `fetch`. */
export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

/** How the client sends an attempt; read anew for each one, as options may change. */
export interface FetchSettings {
  fetch: Fetch;
  fetchOptions: FetchOptions | undefined;
  /** Sends an attempt instead of `fetch`. */
  send?: ((url: string, init: RequestInit, contextId: number, controller: AbortController) => Promise<Response>) | undefined;
  prepare?: ((init: RequestInit, url: string) => Promise<void>) | undefined;
}

/** Codes of errors that occur before anything is sent. */
const NOT_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

export function fetchHooks(settings: () => FetchSettings): Pick<Hooks, 'fetch' | 'abort'> {
  const inFlight = new Map<number, AbortController>();
  return {
    abort: (id) => inFlight.get(id)?.abort(),
    async fetch(request) {
      const controller = new AbortController();
      inFlight.set(request.id, controller);
      try {
        return await send(settings(), request, controller);
      } catch (error) {
        setCause(request, error);
        return { failure: failureOf(error), message: 'fetch failed' };
      } finally {
        inFlight.delete(request.id);
      }
    },
  };
}

async function send(
  { fetch, fetchOptions, send, prepare }: FetchSettings,
  request: FetchRequest,
  controller: AbortController,
): Promise<FetchResponse> {
  const headers = toHeaders(request.headers);
  const init: RequestInit = {
    ...fetchOptions,
    ...contextOf(request.context)?.fetchOptions,
    method: request.method,
    headers,
    signal: controller.signal,
  };
  if (request.body) init.body = bodyOf(request.body, headers) as NonNullable<RequestInit['body']>;
  await prepare?.(init, request.url);
  const response = await (send?.(request.url, init, request.context, controller) ??
    fetch.call(undefined, request.url, init));
  const flat: string[] = [];
  response.headers.forEach((value, name) => {
    flat.push(name, value);
  });
  const result: FetchResponse = { status: response.status, headers: flat };
  if (response.url) result.url = response.url;
  try {
    result.body = Buffer.from(await response.arrayBuffer());
  } catch (error) {
    setCause(request, error);
    // The error keeps the status and the headers, which did arrive.
    result.failure = failureOf(error);
    result.message = 'response truncated';
  }
  return result;
}

/** The caller finds its own error as the cause of the call's. */
function setCause(request: FetchRequest, error: unknown): void {
  const context = contextOf(request.context);
  if (context) context.cause = error;
}

/** Mocks and interceptors expect JSON as text. */
function bodyOf(body: Uint8Array, headers: Headers): string | Uint8Array {
  const isJson = headers.get('content-type')?.includes('json') ?? false;
  return isJson ? Buffer.from(body).toString('utf8') : body;
}

function failureOf(error: unknown): NonNullable<FetchResponse['failure']> {
  const { name, code, cause } = (error ?? {}) as { name?: string; code?: string; cause?: unknown };
  const inner = (cause ?? {}) as { code?: string };
  if (NOT_SENT.has(code ?? '') || NOT_SENT.has(inner.code ?? '')) return 'not_sent';
  return name === 'TimeoutError' ? 'timeout' : 'connection_lost';
}
