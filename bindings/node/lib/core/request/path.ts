/** Ids as path parameters. The core encodes and checks them. */

import { InvalidArgumentError } from '../error.js';

export function pathParam(name: string, value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value);
    default:
      throw new InvalidArgumentError(
        `\`${name}\` must be a string, got ${value === null ? 'null' : typeof value}; pass the id that the API returned`,
      );
  }
}
