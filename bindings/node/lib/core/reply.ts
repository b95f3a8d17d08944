/** An answer: its text, its bytes, and how it came. */

import type { Attempt, VitableConnectError } from './error.js';
import { toHeaders } from './headers.js';
import { type ErrorInfo, makeError } from './make-error.js';
import { addon } from './native.js';

/** How an answer came; times in milliseconds. */
export interface Metadata {
  /** The operation, such as `groups.retrieve`, or the verb of a raw call. */
  operation: string;
  /** The status. */
  status: number;
  /** The address that answered. */
  url: string;
  /** The verb of the request. */
  method: string;
  /** Names and values in turn. */
  headers: string[];
  /** From the first attempt to the end of the answer, waits included. */
  elapsed: number;
  /** Every attempt; the last one succeeded. */
  attempts: Attempt[];
  /** The key that all attempts of a write carried. */
  idempotency_key: string | null;
  /** The server's id of the request, if a header names it. */
  request_id: string | null;
  /** The write was done by an earlier attempt whose answer was lost; this is its result. */
  recovered: boolean;
  /** The write was sent more than once, and an attempt before the last may have been applied, too. */
  repeated: boolean;
}

/** Statuses whose `Response` may have no body. */
const BODILESS = new Set([204, 205, 304]);

export class Reply {
  readonly #json: string | undefined;
  readonly #bytes: Uint8Array | undefined;
  readonly #metadata: string;
  #read: Metadata | undefined;

  constructor(json: string | undefined, bytes: Uint8Array | undefined, metadata: string) {
    this.#json = json;
    this.#bytes = bytes;
    this.#metadata = metadata;
  }

  get metadata(): Metadata {
    return (this.#read ??= JSON.parse(this.#metadata) as Metadata);
  }

  /** The value of the body; `undefined` for an empty one, if that may be. */
  value(mayBeEmpty: boolean): unknown {
    const text = this.#json;
    if (text === undefined) {
      return this.#bytes === undefined ? null : Buffer.from(this.#bytes).toString('utf8');
    }
    if (text === '' && mayBeEmpty) return undefined;
    try {
      return JSON.parse(text) as unknown;
    } catch {
      throw this.unreadable();
    }
  }

  /** The error of a body that is not what the operation returns. */
  unreadable(): VitableConnectError {
    const body = this.#bytes ?? this.#json ?? '';
    return makeError(JSON.parse(addon.unreadable(this.#metadata, body)) as ErrorInfo);
  }

  response(): Response {
    const { status, headers, url } = this.metadata;
    const body = BODILESS.has(status) ? null : (this.#bytes ?? this.#json ?? null);
    const response = new Response(body as NonNullable<RequestInit['body']> | null, { status, headers: toHeaders(headers) });
    Object.defineProperty(response, 'url', { value: url });
    return response;
  }
}
