/** The client without its resources: raw calls and lists. */

import { APIPromise } from './api-promise.js';
import { CallClient } from './call-client.js';
import type { NativeResponse } from './calls/native-response.js';
import { type PageClass, pageOf } from './page-class.js';
import { PageNumberPage, PagePromise } from './pagination.js';
import { filled } from './request/operations.js';
import type { FinalRequestOptions, HTTPMethod, RequestOptions } from './request/options.js';

type MaybePromise<T> = PromiseLike<T> | T;

const typed = <T>(response: NativeResponse): T => response.value(false) as T;
const untyped = <T>(response: NativeResponse): T => response.value(true) as T;

/** Calls any path of the API, and lists any path that is paginated. */
export class BaseClient extends CallClient {
  /** Sends a GET request to a path. */
  get<Rsp>(path: string, options?: MaybePromise<RequestOptions>): APIPromise<Rsp> {
    return this.#request('get', path, options);
  }

  /** Sends a POST request to a path. Retries carry the same idempotency key. */
  post<Rsp>(path: string, options?: MaybePromise<RequestOptions>): APIPromise<Rsp> {
    return this.#request('post', path, options);
  }

  /** Sends a PATCH request to a path. */
  patch<Rsp>(path: string, options?: MaybePromise<RequestOptions>): APIPromise<Rsp> {
    return this.#request('patch', path, options);
  }

  /** Sends a PUT request to a path. */
  put<Rsp>(path: string, options?: MaybePromise<RequestOptions>): APIPromise<Rsp> {
    return this.#request('put', path, options);
  }

  /** Sends a DELETE request to a path. */
  delete<Rsp>(path: string, options?: MaybePromise<RequestOptions>): APIPromise<Rsp> {
    return this.#request('delete', path, options);
  }

  /** Sends a request with any method to any path. */
  request<Rsp>(options: MaybePromise<FinalRequestOptions>): APIPromise<Rsp> {
    const response = isPromise(options)
      ? Promise.resolve(options).then((options) => this._start(undefined, [], undefined, options))
      : this._start(undefined, [], undefined, options);
    return new APIPromise(response, untyped<Rsp>);
  }

  #request<Rsp>(
    method: HTTPMethod,
    path: string,
    options?: MaybePromise<RequestOptions>,
  ): APIPromise<Rsp> {
    if (isPromise(options)) {
      return this.request(Promise.resolve(options).then((options) => ({ method, path, ...options })));
    }
    return this.request({ method, path, ...options });
  }

  /** Lists any path that is paginated. */
  getAPIList<Item, Page extends AsyncIterable<Item> = PageNumberPage<Item>>(
    path: string,
    Page: PageClass<Page>,
    options?: RequestOptions,
  ): PagePromise<Page, Item> {
    const final: FinalRequestOptions = { method: 'get', path, ...this._listOptions(options) };
    const response = this._start(undefined, [], undefined, final);
    return new PagePromise<Page, Item>(response, (response) => pageOf(this, Page, response, final));
  }

  /** @internal */
  _call<T>(
    operation: string,
    params: string[],
    body: unknown,
    options?: RequestOptions,
  ): APIPromise<T> {
    return new APIPromise(this._start(operation, params, body, options), typed<T>);
  }

  /** @internal */
  _list<Item>(
    operation: string,
    params: string[],
    template: string,
    query: object | null | undefined,
    given?: RequestOptions,
  ): PagePromise<PageNumberPage<Item>, Item> {
    const options = this._listOptions(given);
    const response = this._start(operation, params, undefined, { query, ...options });
    const path = filled(template, params);
    const final: FinalRequestOptions = { method: 'get', path, query, ...options };
    return new PagePromise(response, (response) =>
      pageOf(this, PageNumberPage<Item>, response, final),
    );
  }
}

function isPromise<T>(value: MaybePromise<T> | undefined): value is PromiseLike<T> {
  return typeof (value as { then?: unknown } | undefined)?.then === 'function';
}
