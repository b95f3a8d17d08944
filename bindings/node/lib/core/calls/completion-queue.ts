/** Calls in flight in the addon. Results come back in batches, by the ids assigned here. */

import { setInterval } from 'node:timers';
import { addon, type NativeClient, type NativeCompletionQueue } from '../native.js';

/**
 * Takes the result of a call: its text, bytes and metadata. Without metadata, the text is an error, or
 * the list ended.
 */
export type Settle = (text?: string, bytes?: Uint8Array, metadata?: string) => void;

const slots = new WeakMap<NativeClient, number>();
const inFlight = new Map<number, Settle>();
let slot = 0;
let lastId = 0;
let isFlushScheduled = false;
let queue: NativeCompletionQueue | undefined;
let keepAliveTimer: NodeJS.Timeout | undefined;

/** The completion queue of this thread. */
export function completionQueue(): NativeCompletionQueue {
  if (queue === undefined) {
    queue = new addon.CompletionQueue(drain);
    slot = queue.slot;
  }
  return queue;
}

/** A client's slot in the addon. Reading it there costs more than this lookup. */
export function slotOf(client: NativeClient): number {
  let known = slots.get(client);
  if (known === undefined) {
    known = client.slot;
    slots.set(client, known);
  }
  return known;
}

/** Starts a call under a new id; `settle` is called once, unless `start` throws. */
export function startCall(start: (callId: number) => void, settle: Settle): void {
  const id = (lastId = (lastId % 0xffff_ffff) + 1);
  start(id);
  if (inFlight.size === 0) keepAlive().ref();
  inFlight.set(id, settle);
  if (isFlushScheduled) return;
  isFlushScheduled = true;
  queueMicrotask(flush);
}

/** Submits what was started since the last flush: a batch costs little more than one call. */
function flush(): void {
  isFlushScheduled = false;
  addon.flush(slot);
}

/** The addon itself does not keep the process alive; calls in flight do. */
function keepAlive(): NodeJS.Timeout {
  return (keepAliveTimer ??= setInterval(() => {}, 0x7fff_ffff));
}

function drain(): void {
  const completed = addon.drain(slot);
  for (let index = 0; index < completed.length; index += 4) {
    const id = completed[index] as number;
    const settle = inFlight.get(id);
    inFlight.delete(id);
    settle?.(
      completed[index + 1] as string | undefined,
      completed[index + 2] as Uint8Array | undefined,
      completed[index + 3] as string | undefined,
    );
  }
  if (inFlight.size === 0) keepAliveTimer?.unref();
}
