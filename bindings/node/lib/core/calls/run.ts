/** Starts calls in the addon and turns their results into responses or errors. */

import { callNative, createError, type ErrorInfo, type MakeStatusError } from '../create-error.js';
import { APIUserAbortError } from '../error.js';
import { addon, type NativeCancelToken, type NativePager, type StartOptions } from '../native.js';
import { onAbort } from './abort-signals.js';
import { startCall } from './completion-queue.js';
import { addContext, type CallContext, removeContext } from './contexts.js';
import { NativeResponse } from './native-response.js';

/** What a call needs beyond its request. */
export interface RunOptions {
  signal?: AbortSignal | null | undefined;
  /** Cancels the call from within this package. */
  cancel?: NativeCancelToken | undefined;
  /** Set if attempts call back into JavaScript. */
  context?: CallContext | undefined;
  makeStatusError?: MakeStatusError | undefined;
}

/** Starts a call in the addon, under its id. */
export type Starter = (callId: number, start?: StartOptions) => void;

/** Runs a call. The signal ends it at once, in the addon too. */
export function run(start: Starter, options: RunOptions): Promise<NativeResponse> {
  const { signal, context } = options;
  if (signal?.aborted) return Promise.reject(abortError(signal));
  if (!signal && !context && !options.cancel) return completed(start, options) as Promise<NativeResponse>;

  const contextId = context && addContext(context);
  const cancel = options.cancel ?? (signal ? new addon.CancelToken() : undefined);
  const call = completed((id) => start(id, { context: contextId, cancel }), options) as Promise<NativeResponse>;
  const result = signal ? abortable(call, signal, () => cancel?.cancel()) : call;
  return contextId === undefined ? result : result.finally(() => removeContext(contextId));
}

/** Fetches the pages after a page, one by one. */
export interface Pager {
  /** The next page; `null` at the end. */
  next(): Promise<NativeResponse | null>;
  /** The indexes of items on the last page that an earlier page had already. */
  repeated(): number[] | null;
  /** Cancels the requests in flight. */
  end(): void;
}

/** Opens a pager. The signal ends it at once, in the addon too. */
export function openPager(open: (start: StartOptions) => NativePager, options: RunOptions): Pager {
  const { signal, context } = options;
  const contextId = context && addContext(context);
  const native = callNative(() => open({ context: contextId }));
  const end = (): void => {
    native.end();
    if (contextId !== undefined) removeContext(contextId);
  };
  return {
    next() {
      if (signal?.aborted) return Promise.reject(abortError(signal));
      const page = completed((id) => native.next(id), options);
      return signal ? abortable(page, signal, end) : page;
    },
    repeated: () => native.repeated(),
    end,
  };
}

/** The promise, unless the signal aborts before it settles. */
function abortable<T>(promise: Promise<T>, signal: AbortSignal, cancel: () => void): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const stopListening = onAbort(signal, () => {
      cancel();
      reject(abortError(signal));
    });
    promise.then(resolve, reject).finally(stopListening);
  });
}

/** The result of a call; `null` at the end of a list. Rejects with what the addon throws. */
function completed(start: (callId: number) => void, options: RunOptions): Promise<NativeResponse | null> {
  return new Promise((resolve, reject) => {
    callNative(() =>
      startCall(start, (text, bytes, metadata) => {
        if (metadata !== undefined) resolve(new NativeResponse(text, bytes, metadata));
        else if (text === undefined) resolve(null);
        else reject(errorOf(text, options));
      }),
    );
  });
}

function errorOf(text: string, { context, makeStatusError }: RunOptions): unknown {
  try {
    return createError(JSON.parse(text) as ErrorInfo, context?.cause, makeStatusError);
  } catch (error) {
    // `makeStatusError` of a subclass may throw.
    return error;
  }
}

function abortError(signal: AbortSignal): APIUserAbortError {
  const error = new APIUserAbortError({ cause: signal.reason as unknown });
  error.kind = error.code = 'aborted';
  return error;
}
