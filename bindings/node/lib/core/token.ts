/** Short-lived tokens, fetched by a function of the caller. */

import { callerOf } from './callers.js';
import type { Hooks } from './native.js';

/** A token and how long it is good for. */
export interface AccessToken {
  /** The token, `vit_at_…`. */
  token: string;
  /** How long it is good for, in seconds from now. */
  expires_in?: number;
}

/**
 * Fetches a token: when there is none, a minute before one ends, and once after a 401. One fetch
 * serves all calls that wait for it.
 */
export type TokenProvider = () => string | AccessToken | Promise<string | AccessToken>;

export function tokenHook(provider: TokenProvider): NonNullable<Hooks['token']> {
  return async (call) => {
    try {
      const given = await provider();
      if (typeof given === 'string') return { token: given };
      const life = given.expires_in;
      return life === undefined ? { token: given.token } : { token: given.token, expiresIn: life * 1e3 };
    } catch (error) {
      const caller = callerOf(call);
      if (caller) caller.cause = error;
      // Its words may hold a credential; the error itself is the cause, for the caller only.
      return { failure: error instanceof Error ? error.name : 'the provider rejected' };
    }
  };
}
