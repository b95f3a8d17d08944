/** Starts a call in the addon and turns its end into a reply or an error. */

import { type Caller, forget, remember } from './callers.js';
import { begin } from './calls.js';
import { APIUserAbortError } from './error.js';
import { attempt, type ErrorInfo, makeError, type MakeStatusError } from './make-error.js';
import { addon, type NativeCancelToken, type NativePager, type Start } from './native.js';
import { Reply } from './reply.js';
import { onAbort } from './signals.js';

/** What a call brings along. */
export interface Context {
  signal?: AbortSignal | null | undefined;
  /** Gives the call up from inside of this package. */
  cancel?: NativeCancelToken | undefined;
  /** What the functions of the caller need while the call runs. */
  caller?: Caller | undefined;
  makeStatusError?: MakeStatusError | undefined;
}

/** Starts a call in the addon, under its number. */
export type Starter = (id: number, start?: Start) => void;

/** Runs a call; the signal ends it at once, in the addon too. */
export function run(start: Starter, context: Context): Promise<Reply> {
  const { signal, caller } = context;
  if (signal?.aborted) return Promise.reject(abortError(signal));
  if (!signal && !caller && !context.cancel) return replied(start, context) as Promise<Reply>;

  const id = caller && remember(caller);
  const cancel = context.cancel ?? (signal ? new addon.CancelToken() : undefined);
  const work = replied((call) => start(call, { id, cancel }), context) as Promise<Reply>;
  const done = signal ? raced(work, signal, () => cancel?.cancel()) : work;
  return id === undefined ? done : done.finally(() => forget(id));
}

/** The pages that follow a page, pulled one by one. */
export interface Pager {
  /** The next page; `null` at the end. */
  next(): Promise<Reply | null>;
  /** The places of those items of the last page that came before. */
  repeated(): number[] | null;
  /** Gives up what is under way. */
  end(): void;
}

/** Begins a walk over pages; the signal ends it at once, in the addon too. */
export function walk(open: (start: Start) => NativePager, context: Context): Pager {
  const { signal, caller } = context;
  const id = caller && remember(caller);
  const native = attempt(() => open({ id }));
  const end = (): void => {
    native.end();
    if (id !== undefined) forget(id);
  };
  return {
    next() {
      if (signal?.aborted) return Promise.reject(abortError(signal));
      const work = replied((call) => native.next(call), context);
      return signal ? raced(work, signal, end) : work;
    },
    repeated: () => native.repeated(),
    end,
  };
}

/** The work, unless the signal aborts before it is done. */
function raced<T>(work: Promise<T>, signal: AbortSignal, cancel: () => void): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const ignore = onAbort(signal, () => {
      cancel();
      reject(abortError(signal));
    });
    work.then(resolve, reject).finally(ignore);
  });
}

/** The end of a call; `null` at the end of a list. What the addon throws rejects. */
function replied(start: (id: number) => void, context: Context): Promise<Reply | null> {
  return new Promise((resolve, reject) => {
    attempt(() =>
      begin(start, (text, bytes, metadata) => {
        if (metadata !== undefined) resolve(new Reply(text, bytes, metadata));
        else if (text === undefined) resolve(null);
        else reject(failure(text, context));
      }),
    );
  });
}

function failure(text: string, { caller, makeStatusError }: Context): unknown {
  try {
    return makeError(JSON.parse(text) as ErrorInfo, caller?.cause, makeStatusError);
  } catch (error) {
    // A subclass makes errors its own way, and may throw.
    return error;
  }
}

function abortError(signal: AbortSignal): APIUserAbortError {
  const error = new APIUserAbortError({ cause: signal.reason as unknown });
  error.kind = error.code = 'aborted';
  return error;
}
