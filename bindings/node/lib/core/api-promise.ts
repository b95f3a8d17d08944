/** The promise of a call. */

import type { Metadata, NativeResponse } from './calls/native-response.js';

export type { Metadata };

const NEVER = (): void => {};

/** The data of a call with its response. */
export interface WithResponse<T> {
  /** The parsed body. */
  data: T;
  /** The response, with its body. */
  response: Response;
  /** How the response was obtained: attempts, times, idempotency key. */
  metadata: Metadata;
}

/**
 * The promise of a call's data, which also gives access to the response.
 *
 * The call has started already. If it fails and is never awaited, the failure is reported once, like
 * any other unhandled rejection.
 */
export class APIPromise<T> extends Promise<T> {
  readonly #response: Promise<NativeResponse>;
  readonly #parse: (response: NativeResponse) => T;
  #parsed: Promise<T> | undefined;

  constructor(response: Promise<NativeResponse>, parse: (response: NativeResponse) => T) {
    // Only the response below is awaited; the base class makes `instanceof Promise` hold.
    super(NEVER);
    this.#response = response;
    this.#parse = parse;
  }

  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  /** The `Response`, whatever its body is. Statuses that are errors still reject. */
  asResponse(): Promise<Response> {
    return this.#response.then((response) => response.response());
  }

  /** The data, the `Response`, and how it was obtained. */
  async withResponse(): Promise<WithResponse<T>> {
    const [data, native] = await Promise.all([this.#data(), this.#response]);
    return { data, response: native.response(), metadata: native.metadata };
  }

  #data(): Promise<T> {
    return (this.#parsed ??= this.#response.then(this.#parse));
  }

  override then<A = T, B = never>(
    onfulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onrejected?: ((reason: any) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#data().then(onfulfilled, onrejected);
  }

  override catch<B = never>(
    onrejected?: ((reason: any) => B | PromiseLike<B>) | null,
  ): Promise<T | B> {
    return this.#data().catch(onrejected);
  }

  override finally(onfinally?: (() => void) | null): Promise<T> {
    return this.#data().finally(onfinally);
  }
}
