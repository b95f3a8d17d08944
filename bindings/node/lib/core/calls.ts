/** Calls under way in the addon. What ended comes back in batches, by the numbers given here. */

import { setInterval } from 'node:timers';
import { addon, type NativeClient, type NativePort } from './native.js';

/** Takes a call's end: its text, bytes and metadata. Without metadata the text is an error, or nothing. */
export type Settle = (text?: string, bytes?: Uint8Array, metadata?: string) => void;

const clients = new WeakMap<NativeClient, number>();
const underWay = new Map<number, Settle>();
let number = 0;
let last = 0;
let isDue = false;
let opened: NativePort | undefined;
let alive: NodeJS.Timeout | undefined;

/** Where the addon's calls end, in this thread. */
export function port(): NativePort {
  if (opened === undefined) {
    opened = new addon.Port(take);
    number = opened.number;
  }
  return opened;
}

/** The number by which the addon knows a client; reading it there costs more than a look here. */
export function numberOf(client: NativeClient): number {
  let known = clients.get(client);
  if (known === undefined) {
    known = client.number;
    clients.set(client, known);
  }
  return known;
}

/** Starts a call under a number of its own; `settle` is called once, unless `start` throws. */
export function begin(start: (id: number) => void, settle: Settle): void {
  const id = (last = (last % 0xffff_ffff) + 1);
  start(id);
  if (underWay.size === 0) keepAlive().ref();
  underWay.set(id, settle);
  if (isDue) return;
  isDue = true;
  queueMicrotask(flush);
}

/** Hands over what was started since the last time: together costs little more than one. */
function flush(): void {
  isDue = false;
  addon.flush(number);
}

/** The addon does not keep the process alive, so that it may end; calls under way do. */
function keepAlive(): NodeJS.Timeout {
  return (alive ??= setInterval(() => {}, 0x7fff_ffff));
}

function take(): void {
  const ended = addon.take(number);
  for (let index = 0; index < ended.length; index += 4) {
    const id = ended[index] as number;
    const settle = underWay.get(id);
    underWay.delete(id);
    settle?.(
      ended[index + 1] as string | undefined,
      ended[index + 2] as Uint8Array | undefined,
      ended[index + 3] as string | undefined,
    );
  }
  if (underWay.size === 0) alive?.unref();
}
