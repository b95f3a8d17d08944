/** Sends attempts through a `fetch` of the caller. */

import { callerOf } from './callers.js';
import type { FetchReply, FetchRequest, Hooks } from './native.js';
import type { FetchOptions } from './options.js';

/** A function that works as the global `fetch` does. */
export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

/** What the client says about each attempt, asked anew as it may change. */
export interface FetchSettings {
  fetch: Fetch;
  fetchOptions: FetchOptions | undefined;
  /** Sends an attempt instead of `fetch` itself. */
  send?: ((url: string, init: RequestInit, call: number, controller: AbortController) => Promise<Response>) | undefined;
  prepare?: ((init: RequestInit, url: string) => Promise<void>) | undefined;
}

/** Codes of failures before anything was sent. */
const NOT_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

export function fetchHooks(settings: () => FetchSettings): Pick<Hooks, 'fetch' | 'abort'> {
  const underWay = new Map<number, AbortController>();
  return {
    abort: (id) => underWay.get(id)?.abort(),
    async fetch(request) {
      const controller = new AbortController();
      underWay.set(request.id, controller);
      try {
        return await send(settings(), request, controller);
      } catch (error) {
        const caller = callerOf(request.call);
        if (caller) caller.cause = error;
        return { failure: failureOf(error), message: 'fetch failed' };
      } finally {
        underWay.delete(request.id);
      }
    },
  };
}

async function send(
  { fetch, fetchOptions, send, prepare }: FetchSettings,
  request: FetchRequest,
  controller: AbortController,
): Promise<FetchReply> {
  const headers = new Headers();
  for (let index = 0; index + 1 < request.headers.length; index += 2) {
    headers.append(request.headers[index] as string, request.headers[index + 1] as string);
  }
  const init: RequestInit = {
    ...fetchOptions,
    ...callerOf(request.call)?.fetchOptions,
    method: request.method,
    headers,
    signal: controller.signal,
  };
  if (request.body) init.body = bodyOf(request.body, headers) as NonNullable<RequestInit['body']>;
  await prepare?.(init, request.url);
  const response = await (send?.(request.url, init, request.call, controller) ??
    fetch.call(undefined, request.url, init));
  const flat: string[] = [];
  response.headers.forEach((value, name) => {
    flat.push(name, value);
  });
  const reply: FetchReply = { status: response.status, headers: flat };
  if (response.url) reply.url = response.url;
  try {
    reply.body = Buffer.from(await response.arrayBuffer());
  } catch (error) {
    const caller = callerOf(request.call);
    if (caller) caller.cause = error;
    // The status and headers came; the core keeps them on the error.
    reply.failure = failureOf(error);
    reply.message = 'the answer was cut short';
  }
  return reply;
}

/** JSON goes as text, as mocks and interceptors expect it. */
function bodyOf(body: Uint8Array, headers: Headers): string | Uint8Array {
  const json = headers.get('content-type')?.includes('json') ?? false;
  return json ? Buffer.from(body).toString('utf8') : body;
}

function failureOf(error: unknown): 'not_sent' | 'timeout' | 'broken' {
  const { name, code, cause } = (error ?? {}) as { name?: string; code?: string; cause?: unknown };
  const inner = (cause ?? {}) as { code?: string };
  if (NOT_SENT.has(code ?? '') || NOT_SENT.has(inner.code ?? '')) return 'not_sent';
  return name === 'TimeoutError' ? 'timeout' : 'broken';
}
