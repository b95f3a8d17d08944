/** What the client says while it works. */

import type { Hooks } from './native.js';

type LogFn = (message: string, ...rest: unknown[]) => void;

/** Takes log lines; `console` is one. */
export interface Logger {
  error: LogFn;
  warn: LogFn;
  info: LogFn;
  debug: LogFn;
}

/** How much is said. */
export type LogLevel = 'off' | 'error' | 'warn' | 'info' | 'debug';

const LEVELS: readonly LogLevel[] = ['off', 'error', 'warn', 'info', 'debug'];

/** The level of an option or a variable; a bad one is told once and ignored. */
export function parseLogLevel(
  value: string | undefined,
  source: string,
  logger: Logger,
): LogLevel | undefined {
  if (value === undefined) return undefined;
  if ((LEVELS as readonly string[]).includes(value)) return value as LogLevel;
  logger.warn(`${source} was set to ${JSON.stringify(value)}, expected one of ${LEVELS.join(', ')}`);
  return undefined;
}

interface LogEvent {
  level: 'error' | 'warn' | 'info' | 'debug' | 'trace';
  operation: string;
  message: string;
  fields: Record<string, unknown>;
}

/** The core's events hold no bodies and no header values. */
export function logHook(logger: () => Logger): NonNullable<Hooks['log']> {
  return (text) => {
    if (text === '') return;
    const { level, operation, message, fields } = JSON.parse(text) as LogEvent;
    try {
      logger()[level === 'trace' ? 'debug' : level](`[vitable-groups] ${operation}: ${message}`, fields);
    } catch {
      // A broken logger must not end the process; the call goes on.
    }
  };
}
