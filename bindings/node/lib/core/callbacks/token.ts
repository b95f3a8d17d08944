/** Short-lived tokens, from a provider of the caller. */

import { contextOf } from '../calls/contexts.js';
import type { Hooks } from '../native.js';

/** A token and its lifetime. */
export interface AccessToken {
  /** The token, `vit_at_…`. */
  token: string;
  /** The lifetime, in seconds from now. */
  expires_in?: number;
}

/**
 * Returns a token. Called when there is none yet, a minute before one expires, and once after a 401.
 * Concurrent calls share one token request.
 */
export type TokenProvider = () => string | AccessToken | Promise<string | AccessToken>;

export function tokenHook(provider: TokenProvider): NonNullable<Hooks['token']> {
  return async (contextId) => {
    try {
      const token = await provider();
      if (typeof token === 'string') return { token };
      const seconds = token.expires_in;
      return seconds === undefined ? { token: token.token } : { token: token.token, expiresIn: seconds * 1e3 };
    } catch (error) {
      const context = contextOf(contextId);
      if (context) context.cause = error;
      // The message may contain a credential; only the caller gets it, as the cause.
      return { failure: error instanceof Error ? error.name : 'the provider rejected' };
    }
  };
}
