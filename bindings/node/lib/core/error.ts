/** One class per kind of error. The values come from the core. */

/** One attempt of a call; times in milliseconds. */
export interface Attempt {
  /** The status of the response, if there was one. */
  status: number | null;
  /** Why it was retried or failed: `503`, `timeout`, `connection`, … */
  reason: string;
  /** The delay before the next attempt. */
  delay: number | null;
  /** How long it took. */
  elapsed: number;
}

/** Identifies a sync request; enough to wait for it from any process. */
export interface SyncHandle {
  /** The group, `grp_…`. */
  group_id: string;
  /** The request, `grpmsr_…`. */
  request_id: string;
}

/** The base class of all errors of this package. */
export class VitableConnectError extends Error {
  /** The kind of the error, a code that is the same in all languages. */
  declare kind?: string;
  /** The server's machine-readable code, such as `not_found`; else the kind. */
  declare code?: string;
  /** Everything that is known about the error, in one line. */
  declare detail?: string;
  /** The operation that failed, such as `groups.retrieve`. */
  declare operation?: string;
  /** Every attempt, first to last. */
  declare attempts?: Attempt[];
  /** The server's trace id, from the body of the response; quote it to the vendor's support. */
  declare traceID?: string;
  /** The server's request id, from the headers of the response. */
  declare requestID?: string;
  /** The delay that the server requested before a retry, in milliseconds. */
  declare retryAfter?: number;
  /** Whether the write may have been applied although the call failed. */
  declare outcomeUnknown?: boolean;
  /** Whether the same call may succeed later. */
  declare transient?: boolean;
  /** The idempotency key that every attempt of the write carried. */
  declare idempotencyKey?: string;
  /** The sync request that keeps running on the server; pass it to `wait` to resume. */
  declare syncHandle?: SyncHandle;
  /** Machine-readable details: the report of an invalid roster, why a guard blocked. Never printed. */
  declare readonly details?: object;
  /** The page that failed; the pages before it are valid. */
  declare page?: number;

  /** The error as plain data, without bodies and headers: for logs, queues and `structuredClone`. */
  toJSON(): Record<string, unknown> {
    const { name, message } = this;
    return { ...(this as object), name, message };
  }
}

/** An error of a call: the server rejected it, or there was no complete response. */
export class APIError<
  TStatus extends number | undefined = number | undefined,
  THeaders extends Headers | undefined = Headers | undefined,
  TError extends object | undefined = object | undefined,
> extends VitableConnectError {
  /** The status of the response, if there was one. */
  readonly status: TStatus;
  /** The headers of the response. Never printed. */
  declare readonly headers: THeaders;
  /** The JSON body of the response. Never printed. */
  declare readonly error: TError;
  /** The beginning of the body, as text. Never printed. */
  declare readonly body?: string;

  constructor(status: TStatus, error: TError, message: string | undefined, headers: THeaders) {
    super(messageOf(status, error, message));
    this.status = status;
    conceal(this, 'headers', headers);
    conceal(this, 'error', error);
  }

  /** Creates the error of a status. */
  static generate(
    status: number | undefined,
    errorResponse: object | undefined,
    message: string | undefined,
    headers: Headers | undefined,
  ): APIError {
    if (!status || !headers) {
      return new APIConnectionError({ message, cause: toError(errorResponse) });
    }
    const Status = STATUSES[status] ?? (status >= 500 ? InternalServerError : APIError);
    return new (Status as typeof APIError)(status, errorResponse, message, headers);
  }
}

/** 400. */
export class BadRequestError extends APIError<400, Headers> {}
/** 401: the key is missing, wrong or expired. */
export class AuthenticationError extends APIError<401, Headers> {}
/** 403. */
export class PermissionDeniedError extends APIError<403, Headers> {}
/** 404. */
export class NotFoundError extends APIError<404, Headers> {}
/** 409: a duplicate. */
export class ConflictError extends APIError<409, Headers> {}
/** 422. */
export class UnprocessableEntityError extends APIError<422, Headers> {}
/** 429. */
export class RateLimitError extends APIError<429, Headers> {}
/** 500 and above. */
export class InternalServerError extends APIError<number, Headers> {}

/** The caller's `signal` canceled the call. */
export class APIUserAbortError extends APIError<undefined, undefined, undefined> {
  constructor({ message, cause }: { message?: string; cause?: unknown } = {}) {
    super(undefined, undefined, message || 'Request was aborted.', undefined);
    if (cause !== undefined) hide(this, 'cause', cause);
  }
}

/** No complete response: connection refused or reset, truncated body, TLS or DNS failure. See `cause`. */
export class APIConnectionError extends APIError<undefined, undefined, undefined> {
  constructor({ message, cause }: { message?: string | undefined; cause?: Error | undefined } = {}) {
    super(undefined, undefined, message || 'Connection error.', undefined);
    if (cause) hide(this, 'cause', cause);
  }
}

/** An attempt exceeded its `timeout`, and there are no retries left. */
export class APIConnectionTimeoutError extends APIConnectionError {
  constructor({ message, cause }: { message?: string; cause?: Error | undefined } = {}) {
    super({ message: message ?? 'Request timed out.', cause });
  }
}

/** The `deadline` of the whole call passed: attempts, pages and polls together. */
export class DeadlineExceededError extends VitableConnectError {}
/** The body of a successful response is not what the operation returns. */
export class APIResponseValidationError extends APIError<number | undefined, Headers | undefined> {}
/** An argument is invalid; nothing was sent. */
export class InvalidArgumentError extends VitableConnectError {}
/** The token provider failed; nothing was sent. */
export class CredentialsError extends VitableConnectError {}
/** The client was closed before the call; nothing was sent. */
export class ClientClosedError extends VitableConnectError {}
/** The roster has errors; nothing was sent. */
export class InvalidRosterError extends VitableConnectError {}
/** The roster guard blocked the sync; nothing was sent. */
export class RosterGuardError extends VitableConnectError {}
/** A bug in this package; please report it. */
export class InternalError extends VitableConnectError {}

const CLASSES = {
  VitableConnectError,
  APIError,
  BadRequestError,
  AuthenticationError,
  PermissionDeniedError,
  NotFoundError,
  ConflictError,
  UnprocessableEntityError,
  RateLimitError,
  InternalServerError,
  APIUserAbortError,
  APIConnectionError,
  APIConnectionTimeoutError,
  DeadlineExceededError,
  APIResponseValidationError,
  InvalidArgumentError,
  CredentialsError,
  ClientClosedError,
  InvalidRosterError,
  RosterGuardError,
  InternalError,
} as const;

const STATUSES: Record<number, unknown> = {
  400: BadRequestError,
  401: AuthenticationError,
  403: PermissionDeniedError,
  404: NotFoundError,
  409: ConflictError,
  422: UnprocessableEntityError,
  429: RateLimitError,
};

// Bodies and headers may hold personal data or credentials. They can be read but are never printed, not
// even by tools that show properties that are not enumerable.
const concealed = new WeakMap<object, Map<string, unknown>>();
for (const [Class, names] of [[VitableConnectError, ['details']], [APIError, ['headers', 'error', 'body']]] as const) {
  for (const name of names) {
    Object.defineProperty(Class.prototype, name, {
      get(this: object) {
        return concealed.get(this)?.get(name);
      },
      set(this: object, value: unknown) {
        conceal(this, name, value);
      },
      configurable: true,
    });
  }
}

/** Sets a property that can be read but is never printed. */
export function conceal(target: object, key: 'details' | 'headers' | 'error' | 'body', value: unknown): void {
  const values = concealed.get(target) ?? new Map<string, unknown>();
  concealed.set(target, values.set(key, value));
}

// Set by hand, as bundlers may rename classes.
for (const [name, Class] of Object.entries(CLASSES)) {
  hide(Class.prototype, 'name', name);
}

/** The classes by name. */
export const errorClasses: typeof CLASSES = CLASSES;

/** The known keys of error bodies. A body with any other key never becomes part of a message. */
const PLAIN_KEYS = new Set(['timestamp', 'message', 'error', 'app_error_code', 'trace_id', 'code']);

function messageOf(status: number | undefined, error: unknown, message: string | undefined): string {
  const own = (error as { message?: unknown } | undefined)?.message;
  let text = message;
  if (typeof own === 'string' && own !== '') {
    text = own;
  } else if (error !== undefined && isPlain(error)) {
    text = JSON.stringify(error);
  }
  if (status === undefined) return text || '(no status code or body)';
  return text ? `${status} ${text}` : `${status} status code (no body)`;
}

function isPlain(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return typeof error === 'string' && error.length <= 200;
  return Object.entries(error).every(
    ([key, value]) => PLAIN_KEYS.has(key) && (typeof value !== 'object' || value === null),
  );
}

function toError(value: unknown): Error | undefined {
  return value === undefined || value instanceof Error ? (value as Error | undefined) : new Error(String(value));
}

/** Sets a property that is not enumerable, so that it is not printed by default. */
export function hide(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, configurable: true, enumerable: false });
}
