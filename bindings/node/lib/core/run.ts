/** Starts a call in the addon and turns its end into a reply or an error. */

import { type Caller, forget, remember } from './callers.js';
import { APIUserAbortError } from './error.js';
import { attempt, type ErrorInfo, makeError, type MakeStatusError } from './make-error.js';
import { addon, type NativeCancelToken, type NativePageWalk, type NativeReply, type Start } from './native.js';
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

export type Starter = (start?: Start) => Promise<NativeReply>;

/** Runs a call; the signal ends it at once, in the addon too. */
export function run(start: Starter, context: Context = {}): Promise<Reply> {
  const { signal, caller } = context;
  if (signal?.aborted) return Promise.reject(abortError(signal));
  if (!signal && !caller && !context.cancel) return begin(start).then((reply) => read(reply, context));

  const id = caller && remember(caller);
  const cancel = context.cancel ?? (signal ? new addon.CancelToken() : undefined);
  const work = begin(start, { id, cancel }).then((reply) => read(reply, context));
  const done = signal ? raced(work, signal, () => cancel?.cancel()) : work;
  return id === undefined ? done : done.finally(() => forget(id));
}

/** The pages that follow a page, pulled one by one. */
export interface PageWalk {
  /** The next page; `null` at the end. */
  next(): Promise<Reply | null>;
  /** Gives up what is under way. */
  end(): void;
}

/** Begins a walk over pages; the signal ends it at once, in the addon too. */
export function walk(open: (start: Start) => NativePageWalk, context: Context): PageWalk {
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
      const work = native.next().then((reply) => reply && read(reply, context));
      return signal ? raced(work, signal, end) : work;
    },
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

/** The addon throws on arguments of a wrong type; a call rejects. */
function begin(start: Starter, with_?: Start): Promise<NativeReply> {
  try {
    return start(with_);
  } catch (error) {
    return Promise.reject(error as Error);
  }
}

function read(reply: NativeReply, { caller, makeStatusError }: Context): Reply {
  if (reply.length === 1) {
    throw makeError(JSON.parse(reply[0] as string) as ErrorInfo, caller?.cause, makeStatusError);
  }
  const [json, bytes, metadata] = reply as [string | undefined, Uint8Array | undefined, string];
  return new Reply(json, bytes, metadata);
}

function abortError(signal: AbortSignal): APIUserAbortError {
  const error = new APIUserAbortError({ cause: signal.reason as unknown });
  error.kind = error.code = 'aborted';
  return error;
}
