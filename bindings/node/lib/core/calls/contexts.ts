/** The contexts of calls whose attempts call back into JavaScript. */

import type { FetchOptions } from '../request/options.js';

/** What the callbacks of one call need. */
export interface CallContext {
  fetchOptions?: FetchOptions | undefined;
  /** The call's own `timeout`. */
  timeout?: number | undefined;
  /** What a callback threw last; it becomes the cause of the error. */
  cause?: unknown;
}

const contexts = new Map<number, CallContext>();
let lastId = 0;

export function addContext(context: CallContext): number {
  lastId = (lastId % 0xffff_ffff) + 1;
  contexts.set(lastId, context);
  return lastId;
}

export function removeContext(id: number): void {
  contexts.delete(id);
}

export function contextOf(id: number): CallContext | undefined {
  return contexts.get(id);
}
