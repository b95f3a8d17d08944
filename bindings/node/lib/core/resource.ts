/** What resources have in common. */

import type { BaseClient } from './base-client.js';

/** A part of the API. */
export abstract class APIResource {
  /** @internal */
  protected declare readonly _client: BaseClient;

  constructor(client: BaseClient) {
    // Not enumerable, so that a printed resource does not print the client.
    Object.defineProperty(this, '_client', { value: client });
  }
}
