/** Ids on their way into a path; the core encodes and checks them. */

import { InvalidArgumentError } from './error.js';

export function encodePath(name: string, value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value);
    default:
      throw new InvalidArgumentError(
        `\`${name}\` must be a string, got ${value === null ? 'null' : typeof value}; pass the id the API gave you`,
      );
  }
}
