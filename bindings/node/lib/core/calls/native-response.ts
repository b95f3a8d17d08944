/** The response of a call as the addon returns it: text, bytes, metadata. */

import { createError, type ErrorInfo } from '../create-error.js';
import type { Attempt, VitableConnectError } from '../error.js';
import { addon } from '../native.js';
import { toHeaders } from '../request/headers.js';

/** How a response was obtained; times in milliseconds. */
export interface Metadata {
  /** The operation, such as `groups.retrieve`, or the method of a raw call. */
  operation: string;
  /** The status. */
  status: number;
  /** The URL that responded. */
  url: string;
  /** The method of the request. */
  method: string;
  /** Names and values, alternating. */
  headers: string[];
  /** From the first attempt to the end of the response, waits included. */
  elapsed: number;
  /** Every attempt; the last one succeeded. */
  attempts: Attempt[];
  /** The idempotency key that every attempt of a write carried. */
  idempotency_key: string | null;
  /** The server's id of the request, if a header has it. */
  request_id: string | null;
  /** An earlier attempt, whose response was lost, had applied the write; this is its result. */
  recovered: boolean;
  /** The write was sent more than once, and an attempt before the last may have been applied, too. */
  repeated: boolean;
}

/** Statuses whose `Response` must not have a body. */
const BODILESS = new Set([204, 205, 304]);

export class NativeResponse {
  readonly #json: string | undefined;
  readonly #bytes: Uint8Array | undefined;
  readonly #metadataText: string;
  #metadata: Metadata | undefined;

  constructor(json: string | undefined, bytes: Uint8Array | undefined, metadata: string) {
    this.#json = json;
    this.#bytes = bytes;
    this.#metadataText = metadata;
  }

  get metadata(): Metadata {
    return (this.#metadata ??= JSON.parse(this.#metadataText) as Metadata);
  }

  /** The value of the body. An empty body is `undefined` if allowed, else an error. */
  value(mayBeEmpty: boolean): unknown {
    const text = this.#json;
    if (text === undefined) {
      return this.#bytes === undefined ? null : Buffer.from(this.#bytes).toString('utf8');
    }
    if (text === '' && mayBeEmpty) return undefined;
    try {
      return JSON.parse(text) as unknown;
    } catch {
      throw this.validationError();
    }
  }

  /** The error of a body that is not what the operation returns. */
  validationError(): VitableConnectError {
    const body = this.#bytes ?? this.#json ?? '';
    return createError(JSON.parse(addon.validationError(this.#metadataText, body)) as ErrorInfo);
  }

  /** The response as the standard class. */
  response(): Response {
    const { status, headers, url } = this.metadata;
    const body = BODILESS.has(status) ? null : (this.#bytes ?? this.#json ?? null);
    const init = { status, headers: toHeaders(headers) };
    const response = new Response(body as NonNullable<RequestInit['body']> | null, init);
    Object.defineProperty(response, 'url', { value: url });
    return response;
  }
}
