/** Turns the core's structured errors into instances of the error classes. */

import {
  APIConnectionError,
  APIConnectionTimeoutError,
  APIError,
  APIResponseValidationError,
  APIUserAbortError,
  type Attempt,
  conceal,
  errorClasses,
  hide,
  type SyncHandle,
  VitableConnectError,
} from './error.js';
import { toHeaders } from './request/headers.js';

/** The core's error, as the addon serializes it. */
export interface ErrorInfo {
  kind: string;
  class: string;
  message: string;
  text: string;
  operation: string | null;
  status: number | null;
  headers: string[];
  body: string | null;
  code: string | null;
  trace_id: string | null;
  request_id: string | null;
  attempts: Attempt[];
  retry_after: number | null;
  outcome_unknown: boolean;
  transient: boolean;
  idempotency_key: string | null;
  handle: SyncHandle | null;
  page: number | null;
  causes: string[];
  details: object | null;
}

/** Creates the error of a status; subclasses of the client may override it. */
export type MakeStatusError = (
  status: number,
  error: object,
  message: string | undefined,
  headers: Headers,
) => APIError;

export function createError(
  info: ErrorInfo,
  cause?: unknown,
  makeStatusError: MakeStatusError = APIError.generate as MakeStatusError,
): VitableConnectError {
  const error = construct(info, cause, makeStatusError);
  error.kind = info.kind;
  error.code = info.code ?? info.kind;
  error.detail = info.text;
  if (info.operation !== null) error.operation = info.operation;
  if (info.attempts.length > 0) error.attempts = info.attempts;
  if (info.trace_id !== null) error.traceID = info.trace_id;
  if (info.request_id !== null) error.requestID = info.request_id;
  if (info.retry_after !== null) error.retryAfter = info.retry_after;
  if (info.outcome_unknown) error.outcomeUnknown = true;
  if (info.transient) error.transient = true;
  if (info.idempotency_key !== null) error.idempotencyKey = info.idempotency_key;
  if (info.handle !== null) error.syncHandle = info.handle;
  if (info.page !== null) error.page = info.page;
  if (info.body !== null && error instanceof APIError) conceal(error, 'body', info.body);
  if (info.details !== null) conceal(error, 'details', info.details);
  return error;
}

function construct(
  info: ErrorInfo,
  thrown: unknown,
  makeStatusError: MakeStatusError,
): VitableConnectError {
  const cause = (): Error => (thrown instanceof Error ? thrown : causeChain(info));
  switch (info.kind) {
    case 'aborted':
      return new APIUserAbortError({ cause: thrown });
    case 'timeout':
      return new APIConnectionTimeoutError({ cause: cause() });
    case 'connection':
      return new APIConnectionError({ cause: cause() });
    case 'response_validation':
      return validationError(info, cause());
    default:
  }
  if (info.status !== null && info.kind !== 'deadline') {
    const body = parseBody(info.body);
    // For bodies that are not JSON: the core's message never has HTML or long texts.
    const message = info.body === '' ? undefined : info.message;
    return makeStatusError(info.status, body as object, message, toHeaders(info.headers));
  }
  const Class = (errorClasses as Record<string, unknown>)[info.class];
  const error = new ((Class ?? VitableConnectError) as typeof VitableConnectError)(info.message);
  if (thrown !== undefined || info.causes.length > 0) hide(error, 'cause', cause());
  return error;
}

function validationError(info: ErrorInfo, cause: Error): APIResponseValidationError {
  const headers = toHeaders(info.headers);
  const error = new APIResponseValidationError(info.status ?? undefined, undefined, info.message, headers);
  hide(error, 'cause', cause);
  return error;
}

/** The core's message and its causes, as a chain of errors. */
function causeChain(info: ErrorInfo): Error {
  let cause: Error | undefined;
  for (const text of [...info.causes].reverse()) cause = plainError(text, cause);
  return plainError(info.text, cause);
}

function plainError(message: string, cause?: Error): Error {
  return cause === undefined ? new Error(message) : new Error(message, { cause });
}

function parseBody(body: string | null): unknown {
  try {
    return body === null ? undefined : JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Calls a synchronous function of the addon; what it throws becomes an error of this package. */
export function callNative<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw fromNative(error);
  }
}

function fromNative(error: unknown): unknown {
  const text = error instanceof Error ? error.message : '';
  if (!text.startsWith('{')) return error;
  return createError(JSON.parse(text) as ErrorInfo);
}
