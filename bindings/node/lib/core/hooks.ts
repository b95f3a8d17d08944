/** What subclasses may change about a client's calls, and what follows when they do. */

import { callerOf } from './callers.js';
import { type ClientOptions, readEnv } from './config.js';
import * as Errors from './error.js';
import { type Fetch, fetchHooks } from './fetch.js';
import { type HeadersLike, headerPairs, type NullableHeaders, nullableHeaders } from './headers.js';
import type { Hooks } from './native.js';
import { finalOptions } from './operations.js';
import type { FinalRequestOptions, RequestOptions } from './options.js';
import { isAbsolute, queryText, urlText } from './url.js';

/** The part of a client that subclasses of the official client override. */
export abstract class ClientHooks {
  /** Where the API is. */
  abstract get baseURL(): string;
  abstract set baseURL(url: string);
  /** Bounds each attempt, in milliseconds. */
  abstract get timeout(): number;
  abstract set timeout(timeout: number);

  /** @internal */
  protected abstract get _options(): ClientOptions;

  /** For subclasses: changes a call's options before anything is sent. */
  protected async prepareOptions(_options: FinalRequestOptions): Promise<void> {}

  /** For subclasses: changes an attempt before `fetch` gets it; all attempts then go through `fetch`. */
  protected async prepareRequest(
    _request: RequestInit,
    _context: { url: string; options: FinalRequestOptions },
  ): Promise<void> {}

  /** For subclasses: headers that prove who calls, instead of the key. */
  protected async authHeaders(_options: FinalRequestOptions): Promise<HeadersLike> {
    return undefined;
  }

  /** For subclasses: query parameters of every request. */
  protected defaultQuery(): Record<string, string | undefined> | undefined {
    return this._options.defaultQuery;
  }

  /** For subclasses: throws if the headers that the caller set or left out (`nulls`) will not do. */
  protected validateHeaders(_headers: NullableHeaders): void {}

  /** For subclasses: a query as text. */
  protected stringifyQuery(query: object): string {
    return queryText(query);
  }

  /** For subclasses: the address of a call; one of another origin needs `allowOtherOrigin`. */
  protected buildURL(
    path: string,
    query: Record<string, unknown> | null | undefined,
    defaultBaseURL?: string,
  ): string {
    return urlText(this.#baseOf(defaultBaseURL) ?? this.baseURL, path, query ? this.stringifyQuery(query) : '');
  }

  /** For subclasses: sends one attempt; all attempts then go through it. */
  protected async fetchWithTimeout(
    url: string,
    init: RequestInit | undefined,
    ms: number,
    controller: AbortController,
  ): Promise<Response> {
    const tooLong = (): void => controller.abort(new DOMException('the attempt took too long', 'TimeoutError'));
    const timer = ms === Infinity ? undefined : setTimeout(tooLong, ms);
    try {
      const fetch = this._options.fetch ?? (globalThis.fetch as Fetch);
      return await fetch.call(undefined, url, { ...init, signal: controller.signal });
    } finally {
      clearTimeout(timer);
    }
  }

  /** For subclasses: the error of a refusal. */
  protected makeStatusError(
    status: number,
    error: object,
    message: string | undefined,
    headers: Headers,
  ): Errors.APIError {
    return Errors.APIError.generate(status, error, message, headers);
  }

  /**
   * Whether attempts come back to JavaScript; only what the caller wants of it goes through `fetch`.
   *
   * @internal
   */
  protected get _usesFetch(): boolean {
    const { fetch, fetchOptions } = this._options;
    const prepares = this.prepareRequest !== ClientHooks.prototype.prepareRequest;
    return fetch !== undefined || fetchOptions !== undefined || prepares || this.#sendsItself;
  }

  get #sendsItself(): boolean {
    return this.fetchWithTimeout !== ClientHooks.prototype.fetchWithTimeout;
  }

  /** @internal */
  protected _fetchHooks(): Pick<Hooks, 'fetch' | 'abort'> {
    return fetchHooks(() => ({
      fetch: this._options.fetch ?? (globalThis.fetch as Fetch),
      fetchOptions: this._options.fetchOptions,
      send: this.#sendsItself
        ? (url, init, call, controller) =>
            this.fetchWithTimeout(url, init, callerOf(call)?.timeout ?? this.timeout, controller)
        : undefined,
      prepare: (init, url) => this.prepareRequest(init, { url, options: init as FinalRequestOptions }),
    }));
  }

  /**
   * Whether a subclass wants to change what is sent.
   *
   * @internal
   */
  protected get _isHooked(): boolean {
    const own = ClientHooks.prototype;
    return (
      this.prepareOptions !== own.prepareOptions ||
      this.authHeaders !== own.authHeaders ||
      this.defaultQuery !== own.defaultQuery ||
      this.validateHeaders !== own.validateHeaders ||
      this.#changesURL
    );
  }

  get #changesURL(): boolean {
    const own = ClientHooks.prototype;
    return this.buildURL !== own.buildURL || this.stringifyQuery !== own.stringifyQuery;
  }

  /**
   * A call's options after the hooks have seen them.
   *
   * @internal
   */
  protected async _prepared(
    operation: string | undefined,
    params: string[],
    body: unknown,
    options: RequestOptions | undefined,
  ): Promise<FinalRequestOptions> {
    const final = finalOptions(operation, params, { body, ...options });
    await this.prepareOptions(final);
    final.query = { ...this.defaultQuery(), ...final.query };
    const auth = await this.authHeaders(final);
    if (auth) final.headers = [...headerPairs(auth), ...headerPairs(final.headers)];
    this.validateHeaders(
      nullableHeaders([...headerPairs(this._options.defaultHeaders), ...headerPairs(final.headers)]),
    );
    return this.#changesURL ? this.#withURL(final) : final;
  }

  /** An address that a subclass changed is the path; others stay what they are. */
  #withURL(final: FinalRequestOptions): FinalRequestOptions {
    const own = ClientHooks.prototype;
    const { path, defaultBaseURL } = final;
    const query = final.query as Record<string, unknown>;
    const url = this.buildURL(path, query, defaultBaseURL);
    const texts = this.stringifyQuery !== own.stringifyQuery && Object.keys(query ?? {}).length > 0;
    const same = !texts && url === own.buildURL.call(this, path, query, defaultBaseURL);
    return same ? final : { ...final, path: url, query: undefined };
  }

  /**
   * The options with the call's own base URL in the path, where it counts.
   *
   * @internal
   */
  protected _based(
    operation: string | undefined,
    params: string[],
    options: RequestOptions | undefined,
  ): RequestOptions | undefined {
    const base = this.#baseOf(options?.defaultBaseURL);
    if (base === undefined) return options;
    const final = finalOptions(operation, params, options);
    return isAbsolute(final.path) ? final : { ...final, path: urlText(base, final.path, '') };
  }

  #baseOf(base: string | undefined): string | undefined {
    if (base === undefined) return undefined;
    const { baseURL } = this._options;
    const given = baseURL ?? (baseURL === null ? undefined : readEnv('VITABLE_CONNECT_BASE_URL'));
    return given ? undefined : base;
  }
}
