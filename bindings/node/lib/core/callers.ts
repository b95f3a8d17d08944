/** What belongs to calls under way whose attempts come back into JavaScript. */

import type { FetchOptions } from './options.js';

/** One call's own things. */
export interface Caller {
  fetchOptions?: FetchOptions | undefined;
  /** The call's own `timeout`. */
  timeout?: number | undefined;
  /** What a function of the caller threw last; it becomes the error's cause. */
  cause?: unknown;
}

const callers = new Map<number, Caller>();
let last = 0;

export function remember(caller: Caller): number {
  last = (last % 0xffff_ffff) + 1;
  callers.set(last, caller);
  return last;
}

export function forget(id: number): void {
  callers.delete(id);
}

export function callerOf(id: number): Caller | undefined {
  return callers.get(id);
}
