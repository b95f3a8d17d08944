/** The client without its methods: its settings, and how it runs calls. */

import { VERSION } from '../version.js';
import { logHook, type Logger, type LogLevel, parseLogLevel } from './callbacks/log.js';
import { tokenHook } from './callbacks/token.js';
import { completionQueue, slotOf } from './calls/completion-queue.js';
import type { NativeResponse } from './calls/native-response.js';
import { openPager, type Pager, run, type RunOptions } from './calls/run.js';
import { ClientHooks } from './client-hooks.js';
import { type ClientOptions, encodeConfig, LOG, readEnv, variables } from './config.js';
import { callNative, type MakeStatusError } from './create-error.js';
import './dispose.js';
import {
  addon,
  type Hooks,
  type NativeCancelToken,
  type NativeClient,
  type NativeSeenIds,
  type PageSummary,
  type StartOptions,
} from './native.js';
import { type EncodedBody, encodeBody, isJson, jsonText } from './request/body.js';
import { headerPairs } from './request/headers.js';
import { listOperationOf, type Target, targetOf } from './request/operations.js';
import {
  encodeOptions,
  type FetchOptions,
  type FinalRequestOptions,
  limit,
  LIST_DEADLINE,
  type ListOptions,
  type RequestOptions,
} from './request/options.js';

/** Key of the client that a derived one inherits from; not an option for callers. */
const PARENT = Symbol('parent');

type InternalOptions = ClientOptions & { [PARENT]?: CallClient };
type StartNative = (native: NativeClient, callId: number, start?: StartOptions) => void;

/** The default limit of an attempt, in milliseconds. */
export const DEFAULT_TIMEOUT = 60_000;

/** The settings of a client, and what its methods use to run calls. */
export class CallClient extends ClientHooks {
  #options: ClientOptions;
  #native: NativeClient;
  /** The same client, sending through `fetch`. */
  #fetchNative: NativeClient | undefined;
  #apiKey: string | undefined;
  #logger: Logger;
  #logLevel: LogLevel;
  readonly #makeStatusError: MakeStatusError = this.makeStatusError.bind(this);

  /** @internal */
  protected get _options(): ClientOptions {
    return this.#options;
  }

  /**
   * Creates a client. It connects when the first call is made.
   *
   * @example
   * ```ts
   * const client = new VitableConnect({ apiKey: process.env.VITABLE_CONNECT_API_KEY });
   * ```
   */
  constructor(options: ClientOptions = {}) {
    super();
    const { [PARENT]: parent, ...own } = options as InternalOptions;
    const all = parent ? { ...parent.#options, ...own } : own;
    this.#options = all;
    this.#logger = all.logger ?? console;
    this.#logLevel =
      parseLogLevel(all.logLevel, 'The `logLevel` option', this.#logger) ??
      parseLogLevel(readEnv(LOG), `The ${LOG} variable`, this.#logger) ??
      'warn';
    const config: Record<string, unknown> = {
      ...encodeConfig(own, parent !== undefined),
      log_level: this.#logLevel,
    };
    const hooks = this.#hooks(own);
    if (parent) {
      this.#native = callNative(() => parent.#native.derive(JSON.stringify(config), hooks));
    } else {
      config['variables'] = variables(own);
      config['user_agent'] = `${this.constructor.name}/JS ${VERSION}`;
      this.#native = callNative(() => new addon.Client(JSON.stringify(config), hooks, completionQueue()));
    }
    this.#apiKey = all.tokenProvider ? undefined : (all.apiKey ?? readEnv('VITABLE_CONNECT_API_KEY'));
    if (parent && own.apiKey === undefined) this.#apiKey = parent.#apiKey;
  }

  #hooks(options: ClientOptions): Hooks {
    const hooks: Hooks = {};
    if (options.tokenProvider) hooks.token = tokenHook(options.tokenProvider);
    if (this.#logLevel === 'info' || this.#logLevel === 'debug') {
      hooks.log = logHook(() => this.#logger);
    }
    if (this._usesFetch) Object.assign(hooks, this._fetchHooks());
    return hooks;
  }

  /** The API key. Assigning another one rotates it. */
  get apiKey(): string {
    return this.#apiKey ?? '';
  }
  set apiKey(key: string) {
    callNative(() => this.#native.setApiKey(key));
    this.#fetchNative?.setApiKey(key);
    this.#apiKey = key;
  }

  /** The base URL of the API. */
  override get baseURL(): string {
    return this.#native.baseUrl.replace(/\/$/, '');
  }
  override set baseURL(url: string) {
    this.#change({ baseURL: url });
  }

  /** Limit of each attempt, in milliseconds. */
  override get timeout(): number {
    return this.#options.timeout ?? DEFAULT_TIMEOUT;
  }
  override set timeout(timeout: number) {
    this.#change({ timeout });
  }

  /** Limit of each call as a whole, in milliseconds. */
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

  /** Receives log messages. */
  get logger(): Logger {
    return this.#logger;
  }
  set logger(logger: Logger) {
    this.#logger = logger;
  }

  /** The least severe level that is logged. */
  get logLevel(): LogLevel {
    return this.#logLevel;
  }

  /** Options for `fetch`. */
  get fetchOptions(): FetchOptions | undefined {
    return this.#options.fetchOptions;
  }

  #change(change: ClientOptions): void {
    const config = JSON.stringify(encodeConfig(change, true));
    this.#native = callNative(() => this.#native.derive(config, {}));
    this.#fetchNative = undefined;
    this.#options = { ...this.#options, ...change };
    if ('baseURL' in change) delete this.#options.environment;
  }

  /**
   * A client with some options changed. It inherits the others, and shares connections and retry quota.
   * Default headers and query are replaced as a whole.
   */
  withOptions(options: Partial<ClientOptions>): this {
    const Client = this.constructor as new (options: InternalOptions) => this;
    return new Client({ ...options, [PARENT]: this });
  }

  /** Closes the client and all that share its connections; further calls reject at once. */
  close(): void {
    this.#native.close();
    this.#fetchNative?.close();
  }

  /** Closes the client at the end of an `await using` block. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  /**
   * Starts a call at once; invalid arguments reject.
   *
   * @internal
   */
  protected _start(
    operation: string | undefined,
    params: string[],
    body: unknown,
    options: RequestOptions | undefined,
  ): Promise<NativeResponse> {
    try {
      if (!this._isHooked) return this.#encodeAndSend(operation, params, body, options);
      return this._prepare(operation, params, body, options).then((final) =>
        this.#encodeAndSend(operation, params, final.body, final),
      );
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  /** @internal */
  _run(
    start: StartNative,
    options?: RequestOptions,
    cancel?: NativeCancelToken,
  ): Promise<NativeResponse> {
    const native = this.#nativeFor(options);
    return run((callId, more) => start(native, callId, more), this.#runOptions(options, cancel));
  }

  /** @internal */
  async _openPager(
    options: FinalRequestOptions,
    after: PageSummary,
    prefetch: number,
    seen?: NativeSeenIds,
  ): Promise<Pager> {
    const operation = listOperationOf(options);
    const final = this._isHooked ? await this._prepare(operation, [], undefined, options) : options;
    const { target, text, body } = await this.#encodeCall(operation, [], undefined, final);
    const native = this.#nativeFor(final);
    return openPager(
      (start) => native.pages(target, text, body, after, prefetch, seen, start),
      this.#runOptions(final),
    );
  }

  /**
   * Options that can hold the deadline of all pages, if there may be one.
   *
   * @internal
   */
  protected _listOptions(options: ListOptions | undefined): ListOptions | undefined {
    const mayBeBounded = this._isHooked || (options?.deadline ?? this.deadline) !== undefined;
    return mayBeBounded ? { [LIST_DEADLINE]: {}, ...options } : options;
  }

  /** Sets the deadline of all pages of a list when its first call starts. */
  #startListDeadline(options: ListOptions | undefined): void {
    const deadline = options?.[LIST_DEADLINE];
    const ms = limit('deadline', options?.deadline ?? this.deadline);
    if (deadline === undefined || deadline.value !== undefined || typeof ms !== 'number') return;
    deadline.value = JSON.parse(this.#native.deadline(ms)) as unknown;
  }

  #nativeFor(options: RequestOptions | undefined): NativeClient {
    if (options?.fetchOptions === undefined || this._usesFetch) return this.#native;
    return (this.#fetchNative ??= this.#native.derive('{}', this._fetchHooks()));
  }

  #runOptions(options: RequestOptions | undefined, cancel?: NativeCancelToken): RunOptions {
    const callsBack = this.#options.tokenProvider ?? (options?.fetchOptions || this._usesFetch);
    return {
      signal: options?.signal,
      cancel,
      context: callsBack ? { fetchOptions: options?.fetchOptions, timeout: options?.timeout } : undefined,
      makeStatusError: this.#makeStatusError,
    };
  }

  #encodeAndSend(
    operation: string | undefined,
    params: string[],
    body: unknown,
    options: RequestOptions | undefined,
  ): Promise<NativeResponse> {
    const encoded = this.#encodeCall(operation, params, body, options);
    return encoded instanceof Promise
      ? encoded.then((call) => this.#send(call, options))
      : this.#send(encoded, options);
  }

  #send(
    { target, params, text, body }: EncodedCall,
    options: RequestOptions | undefined,
  ): Promise<NativeResponse> {
    return this._run(
      (native, callId, start) => addon.call(slotOf(native), callId, target, params, text, body, start),
      options,
    );
  }

  /** The call in the addon's form; a promise only if the body has to be read first. */
  #encodeCall(
    operation: string | undefined,
    params: string[],
    argument: unknown,
    options: RequestOptions | undefined,
  ): EncodedCall | Promise<EncodedCall> {
    this.#startListDeadline(options);
    const target = targetOf(operation, params, this._withBaseURL(operation, params, options));
    const body = options?.body === undefined ? argument : options.body;
    const isRaw = target.params === undefined;
    if (isRaw ? !body : body === undefined || body === null) return encodedCall(target, options);
    if (isJson(body, options?.headers)) return encodedCall(target, options, { body: jsonText(body) });
    if (typeof body === 'string') return encodedCall(target, options, { body });
    return encodeBody(body, options?.headers).then((encoded) => encodedCall(target, options, encoded));
  }
}

/** A call in the form that the addon takes. */
interface EncodedCall {
  target: string;
  params: string[] | undefined;
  /** The options as JSON. */
  text: string | undefined;
  body: EncodedBody['body'] | undefined;
}

function encodedCall(
  { target, params }: Target,
  options: RequestOptions | undefined,
  encoded?: EncodedBody,
): EncodedCall {
  const type = encoded?.contentType;
  const all = type === undefined ? options : withContentType(options, type);
  return { target, params, text: encodeOptions(all), body: encoded?.body };
}

/** Adds the content type of a body, unless the caller's headers set one; `null` sends none. */
function withContentType(options: RequestOptions | undefined, type: string | null): RequestOptions {
  return { ...options, headers: [['content-type', type], ...headerPairs(options?.headers)] };
}
