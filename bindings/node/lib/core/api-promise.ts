/** The promise of a call. */

import type { Metadata, Reply } from './reply.js';

export type { Metadata };

const NEVER = (): void => {};

/** Data with the answer it came in. */
export interface WithResponse<T> {
  /** The parsed body. */
  data: T;
  /** The answer, with its body. */
  response: Response;
  /** How it came: attempts, times, idempotency key. */
  metadata: Metadata;
}

/**
 * A promise of a call's data, which also gives the answer itself.
 *
 * The call is under way already. A failure that nobody awaits is reported once, as any other
 * rejected promise.
 */
export class APIPromise<T> extends Promise<T> {
  readonly #reply: Promise<Reply>;
  readonly #parse: (reply: Reply) => T;
  #parsed: Promise<T> | undefined;

  constructor(reply: Promise<Reply>, parse: (reply: Reply) => T) {
    // What is awaited is the reply below; this promise only makes the class a `Promise`.
    super(NEVER);
    this.#reply = reply;
    this.#parse = parse;
  }

  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  /** The answer as a `Response`, whatever its body is; a refusal still rejects. */
  asResponse(): Promise<Response> {
    return this.#reply.then((reply) => reply.response());
  }

  /** The data, the answer as a `Response`, and how it came. */
  async withResponse(): Promise<WithResponse<T>> {
    const [data, reply] = await Promise.all([this.#data(), this.#reply]);
    return { data, response: reply.response(), metadata: reply.metadata };
  }

  #data(): Promise<T> {
    return (this.#parsed ??= this.#reply.then(this.#parse));
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
