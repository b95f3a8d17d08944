/** One listener per signal, however many calls share it. */

const listening = new WeakMap<AbortSignal, { stops: Set<() => void>; listener: () => void }>();

/** Calls `stop` when the signal aborts; the function that is returned ends that. */
export function onAbort(signal: AbortSignal, stop: () => void): () => void {
  let entry = listening.get(signal);
  if (entry === undefined) {
    const stops = new Set<() => void>();
    entry = { stops, listener: () => run(stops) };
    listening.set(signal, entry);
    signal.addEventListener('abort', entry.listener, { once: true });
  }
  const { stops, listener } = entry;
  stops.add(stop);
  return () => {
    stops.delete(stop);
    if (stops.size > 0 || listening.get(signal)?.stops !== stops) return;
    listening.delete(signal);
    signal.removeEventListener('abort', listener);
  };
}

function run(stops: Set<() => void>): void {
  for (const stop of stops) stop();
}
