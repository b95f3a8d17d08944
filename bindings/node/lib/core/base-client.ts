/** The client without its resources: settings, raw calls, what a call goes through. */

import { APIPromise } from './api-promise.js';
import { type EncodedBody, encodeBody, isJson, jsonText } from './body.js';
import { type ClientOptions, encodeConfig, LOG, readEnv, variables } from './config.js';
import { numberOf, port } from './calls.js';
import './dispose.js';
import { headerPairs } from './headers.js';
import { ClientHooks } from './hooks.js';
import { type Logger, logHook, type LogLevel, parseLogLevel } from './log.js';
import { attempt, type MakeStatusError } from './make-error.js';
import { addon, type Hooks, type NativeCancelToken, type NativeClient, type NativeSeenIds, type PagePlace, type Start } from './native.js';
import {
  encodeOptions,
  type FetchOptions,
  type FinalRequestOptions,
  type HTTPMethod,
  limit,
  type ListOptions,
  MOMENT,
  type RequestOptions,
} from './options.js';
import {
  type PageClass,
  PageNumberPage,
  PagePromise,
} from './pagination.js';
import { listAt, type Target, targetOf } from './operations.js';
import type { Reply } from './reply.js';
import { type Context, type Pager, run, walk } from './run.js';
import { tokenHook } from './token.js';
import { VERSION } from '../version.js';

/** From which client a derived one starts; not an option for callers. */
const PARENT = Symbol('parent');

type Internal = ClientOptions & { [PARENT]?: BaseClient };
type Raw<T> = PromiseLike<T> | T;
type StartNative = (native: NativeClient, id: number, start?: Start) => void;

/** Bounds one attempt unless set otherwise, in milliseconds. */
export const DEFAULT_TIMEOUT = 60_000;

const typed = <T>(reply: Reply): T => reply.value(false) as T;
const untyped = <T>(reply: Reply): T => reply.value(true) as T;

/** What a client is beside its resources. */
export class BaseClient extends ClientHooks {
  #options: ClientOptions;
  #native: NativeClient;
  /** The same client, sending through `fetch`. */
  #overFetch: NativeClient | undefined;
  #apiKey: string | undefined;
  #logger: Logger;
  #logLevel: LogLevel;
  readonly #makeStatusError: MakeStatusError = this.makeStatusError.bind(this);

  /** @internal */
  protected get _options(): ClientOptions {
    return this.#options;
  }

  /**
   * Makes a client. Nothing is sent or connected yet.
   *
   * @example
   * ```ts
   * const client = new VitableConnect({ apiKey: process.env.VITABLE_CONNECT_API_KEY });
   * ```
   */
  constructor(options: ClientOptions = {}) {
    super();
    const { [PARENT]: parent, ...own } = options as Internal;
    const all = parent ? { ...parent.#options, ...own } : own;
    this.#options = all;
    this.#logger = all.logger ?? console;
    this.#logLevel =
      parseLogLevel(all.logLevel, 'The `logLevel` option', this.#logger) ??
      parseLogLevel(readEnv(LOG), `The ${LOG} variable`, this.#logger) ??
      'warn';
    const config: Record<string, unknown> = { ...encodeConfig(own), log_level: this.#logLevel };
    const hooks = this.#hooks(own);
    if (parent) {
      this.#native = attempt(() => parent.#native.derive(JSON.stringify(config), hooks));
    } else {
      config['variables'] = variables(own);
      config['user_agent'] = `${this.constructor.name}/JS ${VERSION}`;
      this.#native = attempt(() => new addon.Client(JSON.stringify(config), hooks, port()));
    }
    this.#apiKey = all.tokenProvider ? undefined : (all.apiKey ?? readEnv('VITABLE_CONNECT_API_KEY'));
    if (parent && own.apiKey === undefined) this.#apiKey = parent.#apiKey;
  }

  #hooks(given: ClientOptions): Hooks {
    const hooks: Hooks = {};
    if (given.tokenProvider) hooks.token = tokenHook(given.tokenProvider);
    if (this.#logLevel === 'info' || this.#logLevel === 'debug') {
      hooks.log = logHook(() => this.#logger);
    }
    if (this._usesFetch) Object.assign(hooks, this._fetchHooks());
    return hooks;
  }

  /** The key; assigning another one rotates it. */
  get apiKey(): string {
    return this.#apiKey ?? '';
  }
  set apiKey(key: string) {
    attempt(() => this.#native.setApiKey(key));
    this.#overFetch?.setApiKey(key);
    this.#apiKey = key;
  }

  /** Where the API is. */
  override get baseURL(): string {
    return this.#native.baseUrl.replace(/\/$/, '');
  }
  override set baseURL(url: string) {
    this.#change({ baseURL: url });
  }

  /** Bounds each attempt, in milliseconds. */
  override get timeout(): number {
    return this.#options.timeout ?? DEFAULT_TIMEOUT;
  }
  override set timeout(timeout: number) {
    this.#change({ timeout });
  }

  /** Bounds each call as a whole, in milliseconds. */
  get deadline(): number | undefined {
    return this.#options.deadline;
  }

  /** Attempts after the first. */
  get maxRetries(): number {
    return this.#options.maxRetries ?? 2;
  }
  set maxRetries(maxRetries: number) {
    this.#change({ maxRetries });
  }

  /** Takes log lines. */
  get logger(): Logger {
    return this.#logger;
  }
  set logger(logger: Logger) {
    this.#logger = logger;
  }

  /** How much is said. */
  get logLevel(): LogLevel {
    return this.#logLevel;
  }

  /** Options for `fetch`. */
  get fetchOptions(): FetchOptions | undefined {
    return this.#options.fetchOptions;
  }

  #change(change: ClientOptions): void {
    const config = JSON.stringify(encodeConfig(change));
    this.#native = attempt(() => this.#native.derive(config, {}));
    this.#overFetch = undefined;
    this.#options = { ...this.#options, ...change };
    if ('baseURL' in change) delete this.#options.environment;
  }

  /**
   * A client with some options changed; what is not given is inherited, connections and retry
   * quota are shared. Default headers and query are replaced as a whole.
   */
  withOptions(options: Partial<ClientOptions>): this {
    const Client = this.constructor as new (options: Internal) => this;
    return new Client({ ...options, [PARENT]: this });
  }

  /** Calls GET on a path. */
  get<Rsp>(path: string, options?: Raw<RequestOptions>): APIPromise<Rsp> {
    return this.#raw('get', path, options);
  }

  /** Calls POST on a path; it may be repeated after a failure, with the same idempotency key. */
  post<Rsp>(path: string, options?: Raw<RequestOptions>): APIPromise<Rsp> {
    return this.#raw('post', path, options);
  }

  /** Calls PATCH on a path. */
  patch<Rsp>(path: string, options?: Raw<RequestOptions>): APIPromise<Rsp> {
    return this.#raw('patch', path, options);
  }

  /** Calls PUT on a path. */
  put<Rsp>(path: string, options?: Raw<RequestOptions>): APIPromise<Rsp> {
    return this.#raw('put', path, options);
  }

  /** Calls DELETE on a path. */
  delete<Rsp>(path: string, options?: Raw<RequestOptions>): APIPromise<Rsp> {
    return this.#raw('delete', path, options);
  }

  /** Calls any path with any verb. */
  request<Rsp>(options: Raw<FinalRequestOptions>): APIPromise<Rsp> {
    const reply = isPromise(options)
      ? Promise.resolve(options).then((options) => this.#start(undefined, [], undefined, options))
      : this.#start(undefined, [], undefined, options);
    return new APIPromise(reply, untyped<Rsp>);
  }

  #raw<Rsp>(method: HTTPMethod, path: string, options?: Raw<RequestOptions>): APIPromise<Rsp> {
    if (isPromise(options)) {
      return this.request(Promise.resolve(options).then((given) => ({ method, path, ...given })));
    }
    return this.request({ method, path, ...options });
  }

  /** Lists any path that comes in pages. */
  getAPIList<Item, Page extends AsyncIterable<Item> = PageNumberPage<Item>>(
    path: string,
    Page: PageClass<Page>,
    options?: RequestOptions,
  ): PagePromise<Page, Item> {
    const final: FinalRequestOptions = { method: 'get', path, ...this.#ofList(options) };
    const reply = this.#start(undefined, [], undefined, final);
    return new PagePromise<Page, Item>(reply, (reply) => this._page(Page, reply, final));
  }

  /** Ends the client and all derived from the same one; further calls reject at once. */
  close(): void {
    this.#native.close();
    this.#overFetch?.close();
  }

  /** Ends the client when an `await using` block ends. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  /** @internal */
  _call<T>(operation: string, params: string[], body: unknown, options?: RequestOptions): APIPromise<T> {
    return new APIPromise(this.#start(operation, params, body, options), typed<T>);
  }

  /** @internal */
  _list<Item>(
    operation: string,
    path: string,
    query: object | null | undefined,
    given?: RequestOptions,
  ): PagePromise<PageNumberPage<Item>, Item> {
    const options = this.#ofList(given);
    const reply = this.#start(operation, [], undefined, { query, ...options });
    return new PagePromise(reply, (reply) =>
      this._page(PageNumberPage<Item>, reply, { method: 'get', path, query, ...options }),
    );
  }

  /** Options with a place for the moment that bounds all pages, where something may bound them. */
  #ofList(options: ListOptions | undefined): ListOptions | undefined {
    const isBounded = this._isHooked || (options?.deadline ?? this.deadline) !== undefined;
    return isBounded ? { [MOMENT]: {}, ...options } : options;
  }

  /** Sets the moment by which all pages of a list must have come: its first call begins. */
  #begin(options: ListOptions | undefined): void {
    const moment = options?.[MOMENT];
    const limited = limit('deadline', options?.deadline ?? this.deadline);
    if (moment === undefined || moment.value !== undefined || typeof limited !== 'number') return;
    moment.value = JSON.parse(this.#native.deadline(limited)) as unknown;
  }

  /** @internal */
  async _walk(
    options: FinalRequestOptions,
    after: PagePlace,
    prefetch: number,
    seen?: NativeSeenIds,
  ): Promise<Pager> {
    const operation = listAt(options);
    const final = this._isHooked ? await this._prepared(operation, [], undefined, options) : options;
    const { target, text, body } = await this.#made(operation, [], undefined, final);
    const native = this.#nativeFor(final);
    return walk(
      (start) => native.pages(target, text, body, after, prefetch, seen, start),
      this.#context(final),
    );
  }

  /** @internal */
  _page<Page>(Page: PageClass<Page>, reply: Reply, options: FinalRequestOptions): Page {
    return new Page(this, reply, reply.value(false), options);
  }

  /** @internal */
  _run(start: StartNative, options?: RequestOptions, cancel?: NativeCancelToken): Promise<Reply> {
    const native = this.#nativeFor(options);
    return run((id, with_) => start(native, id, with_), this.#context(options, cancel));
  }

  #nativeFor(options: RequestOptions | undefined): NativeClient {
    if (options?.fetchOptions === undefined || this._usesFetch) return this.#native;
    return (this.#overFetch ??= this.#native.derive('{}', this._fetchHooks()));
  }

  #context(options: RequestOptions | undefined, cancel?: NativeCancelToken): Context {
    const comesBack = this.#options.tokenProvider ?? (options?.fetchOptions || this._usesFetch);
    return {
      signal: options?.signal,
      cancel,
      caller: comesBack ? { fetchOptions: options?.fetchOptions, timeout: options?.timeout } : undefined,
      makeStatusError: this.#makeStatusError,
    };
  }

  /** Starts a call at once; what is wrong with its arguments rejects. */
  #start(
    operation: string | undefined,
    params: string[],
    body: unknown,
    options: RequestOptions | undefined,
  ): Promise<Reply> {
    try {
      if (!this._isHooked) return this.#send(operation, params, body, options);
      return this._prepared(operation, params, body, options).then((final) =>
        this.#send(operation, params, final.body, final),
      );
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  #send(
    operation: string | undefined,
    params: string[],
    given: unknown,
    options: RequestOptions | undefined,
  ): Promise<Reply> {
    const made = this.#made(operation, params, given, options);
    return isPromise(made) ? made.then((made) => this.#sent(made, options)) : this.#sent(made, options);
  }

  #sent({ target, params, text, body }: Made, options: RequestOptions | undefined): Promise<Reply> {
    return this._run(
      (native, id, start) => addon.call(numberOf(native), id, target, params, text, body, start),
      options,
    );
  }

  /** The call as the addon takes it; a promise only if the body has to be read first. */
  #made(
    operation: string | undefined,
    params: string[],
    given: unknown,
    options: RequestOptions | undefined,
  ): Made | Promise<Made> {
    this.#begin(options);
    const target = targetOf(operation, params, this._based(operation, params, options));
    const body = options?.body === undefined ? given : options.body;
    const isRaw = target.params === undefined;
    if (isRaw ? !body : body === undefined || body === null) return made(target, options);
    if (isJson(body, options?.headers)) return made(target, options, { body: jsonText(body) });
    if (typeof body === 'string') return made(target, options, { body });
    return encodeBody(body, options?.headers).then((encoded) => made(target, options, encoded));
  }
}

/** A call as the addon takes it. */
interface Made {
  target: string;
  params: string[] | undefined;
  text: string | undefined;
  body: EncodedBody['body'] | undefined;
}

function made({ target, params }: Target, options: RequestOptions | undefined, encoded?: EncodedBody): Made {
  const type = encoded?.contentType;
  const all = type === undefined ? options : withContentType(options, type);
  return { target, params, text: encodeOptions(all), body: encoded?.body };
}

function isPromise<T>(value: Raw<T> | undefined): value is PromiseLike<T> {
  return typeof (value as { then?: unknown } | undefined)?.then === 'function';
}

/** The content type that belongs to a body, below one that the caller gave; null is none. */
function withContentType(options: RequestOptions | undefined, type: string | null): RequestOptions {
  return { ...options, headers: [['content-type', type], ...headerPairs(options?.headers)] };
}
