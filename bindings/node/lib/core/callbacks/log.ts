/** Forwards log events to the logger of the caller. */

import type { Hooks } from '../native.js';

type LogFn = (message: string, ...rest: unknown[]) => void;

/** Receives log messages; `console` is one. */
export interface Logger {
  error: LogFn;
  warn: LogFn;
  info: LogFn;
  debug: LogFn;
}

/** The least severe level that is logged. */
export type LogLevel = 'off' | 'error' | 'warn' | 'info' | 'debug';

const LEVELS: readonly LogLevel[] = ['off', 'error', 'warn', 'info', 'debug'];

/** Parses the level of an option or variable; warns about an invalid one and ignores it. */
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

/** Logs the core's events, which never contain bodies or header values. */
export function logHook(logger: () => Logger): NonNullable<Hooks['log']> {
  return (text) => {
    // An empty event only flushes the ones before it.
    if (text === '') return;
    const { level, operation, message, fields } = JSON.parse(text) as LogEvent;
    try {
      logger()[level === 'trace' ? 'debug' : level](`[vitable-groups] ${operation}: ${message}`, fields);
    } catch {
      // A logger that throws must neither end the process nor fail the call.
    }
  };
}
