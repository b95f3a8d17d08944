/** The methods of the client that subclasses may override, and how calls change when they do. */

import { type Fetch, fetchHooks } from './callbacks/fetch.js';
import { contextOf } from './calls/contexts.js';
import { type ClientOptions, readEnv } from './config.js';
import * as Errors from './error.js';
import type { Hooks } from './native.js';
import { type HeadersLike, headerPairs, type NullableHeaders, nullableHeaders } from './request/headers.js';
import { finalOptions } from './request/operations.js';
import type { FinalRequestOptions, RequestOptions } from './request/options.js';
import { isAbsolute, queryText, urlText } from './request/url.js';

/** The part of a client that subclasses of the official client override. */
export abstract class ClientHooks {
  /** The base URL of the API. */
  abstract get baseURL(): string;
  abstract set baseURL(url: string);
  /** Limit of each attempt, in milliseconds. */
  abstract get timeout(): number;
  abstract set timeout(timeout: number);

  /** @internal */
  protected abstract get _options(): ClientOptions;

  /** For subclasses: changes the options of a call before anything is sent. */
  protected async prepareOptions(_options: FinalRequestOptions): Promise<void> {}

  /** For subclasses: changes an attempt before `fetch` sends it; all attempts then go through `fetch`. */
  protected async prepareRequest(
    _request: RequestInit,
    _context: { url: string; options: FinalRequestOptions },
  ): Promise<void> {}

  /** For subclasses: headers that authenticate calls, instead of the key. */
  protected async authHeaders(_options: FinalRequestOptions): Promise<HeadersLike> {
    return undefined;
  }

  /** For subclasses: query parameters of every request. */
  protected defaultQuery(): Record<string, string | undefined> | undefined {
    return this._options.defaultQuery;
  }

  /** For subclasses: throws if the headers that the caller set or omitted (`nulls`) are invalid. */
  protected validateHeaders(_headers: NullableHeaders): void {}

  /** For subclasses: serializes a query. */
  protected stringifyQuery(query: object): string {
    return queryText(query);
  }

  /** For subclasses: the URL of a call. A URL of another origin needs `allowOtherOrigin`. */
  protected buildURL(
    path: string,
    query: Record<string, unknown> | null | undefined,
    defaultBaseURL?: string,
  ): string {
    const base = this.#defaultBaseURL(defaultBaseURL) ?? this.baseURL;
    return urlText(base, path, query ? this.stringifyQuery(query) : '');
  }

  /** For subclasses: sends one attempt; all attempts then go through it. */
  protected async fetchWithTimeout(
    url: string,
    init: RequestInit | undefined,
    ms: number,
    controller: AbortController,
  ): Promise<Response> {
    const expire = (): void => controller.abort(new DOMException('attempt timed out', 'TimeoutError'));
    const timer = ms === Infinity ? undefined : setTimeout(expire, ms);
    try {
      const fetch = this._options.fetch ?? (globalThis.fetch as Fetch);
      return await fetch.call(undefined, url, { ...init, signal: controller.signal });
    } finally {
      clearTimeout(timer);
    }
  }

  /** For subclasses: creates the error of a status. */
  protected makeStatusError(
    status: number,
    error: object,
    message: string | undefined,
    headers: Headers,
  ): Errors.APIError {
    return Errors.APIError.generate(status, error, message, headers);
  }

  /**
   * Whether all attempts go through `fetch`: an option or an overridden method needs it.
   *
   * @internal
   */
  protected get _usesFetch(): boolean {
    const { fetch, fetchOptions } = this._options;
    const prepares = this.prepareRequest !== ClientHooks.prototype.prepareRequest;
    return fetch !== undefined || fetchOptions !== undefined || prepares || this.#overridesSend;
  }

  get #overridesSend(): boolean {
    return this.fetchWithTimeout !== ClientHooks.prototype.fetchWithTimeout;
  }

  /** @internal */
  protected _fetchHooks(): Pick<Hooks, 'fetch' | 'abort'> {
    return fetchHooks(() => ({
      fetch: this._options.fetch ?? (globalThis.fetch as Fetch),
      fetchOptions: this._options.fetchOptions,
      send: this.#overridesSend
        ? (url, init, contextId, controller) =>
            this.fetchWithTimeout(url, init, contextOf(contextId)?.timeout ?? this.timeout, controller)
        : undefined,
      prepare: (init, url) => this.prepareRequest(init, { url, options: init as FinalRequestOptions }),
    }));
  }

  /**
   * Whether a subclass overrides a method that changes requests.
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
      this.#overridesURL
    );
  }

  get #overridesURL(): boolean {
    const own = ClientHooks.prototype;
    return this.buildURL !== own.buildURL || this.stringifyQuery !== own.stringifyQuery;
  }

  /**
   * The options of a call after all overridden methods were applied.
   *
   * @internal
   */
  protected async _prepare(
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
    return this.#overridesURL ? this.#withOwnURL(final) : final;
  }

  /** The options with the URL of the subclass as path, if the subclass changed it. */
  #withOwnURL(final: FinalRequestOptions): FinalRequestOptions {
    const own = ClientHooks.prototype;
    const { path, defaultBaseURL } = final;
    const query = final.query as Record<string, unknown>;
    const url = this.buildURL(path, query, defaultBaseURL);
    const ownQuery = this.stringifyQuery !== own.stringifyQuery && Object.keys(query ?? {}).length > 0;
    const isSame = !ownQuery && url === own.buildURL.call(this, path, query, defaultBaseURL);
    return isSame ? final : { ...final, path: url, query: undefined };
  }

  /**
   * The options with `defaultBaseURL` in the path, where it applies.
   *
   * @internal
   */
  protected _withBaseURL(
    operation: string | undefined,
    params: string[],
    options: RequestOptions | undefined,
  ): RequestOptions | undefined {
    const base = this.#defaultBaseURL(options?.defaultBaseURL);
    if (base === undefined) return options;
    const final = finalOptions(operation, params, options);
    return isAbsolute(final.path) ? final : { ...final, path: urlText(base, final.path, '') };
  }

  /** The base URL of a call, unless the client has one of its own. */
  #defaultBaseURL(base: string | undefined): string | undefined {
    if (base === undefined) return undefined;
    const { baseURL } = this._options;
    const own = baseURL ?? (baseURL === null ? undefined : readEnv('VITABLE_CONNECT_BASE_URL'));
    return own ? undefined : base;
  }
}
