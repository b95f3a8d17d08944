/** The base class of resources. */

import type { BaseClient } from './base-client.js';

/** A part of the API. */
export abstract class APIResource {
  /** @internal */
  protected declare readonly _client: BaseClient;

  constructor(client: BaseClient) {
    // Not enumerable, so that printing a resource does not print its client.
    Object.defineProperty(this, '_client', { value: client });
  }
}
