/** One listener per signal, however many calls share it. */

const listening = new WeakMap<AbortSignal, { callbacks: Set<() => void>; listener: () => void }>();

/** Calls `callback` when the signal aborts; the returned function removes it. */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  let entry = listening.get(signal);
  if (entry === undefined) {
    const callbacks = new Set<() => void>();
    entry = { callbacks, listener: () => runAll(callbacks) };
    listening.set(signal, entry);
    signal.addEventListener('abort', entry.listener, { once: true });
  }
  const { callbacks, listener } = entry;
  callbacks.add(callback);
  return () => {
    callbacks.delete(callback);
    if (callbacks.size > 0 || listening.get(signal)?.callbacks !== callbacks) return;
    listening.delete(signal);
    signal.removeEventListener('abort', listener);
  };
}

function runAll(callbacks: Set<() => void>): void {
  for (const callback of callbacks) callback();
}
