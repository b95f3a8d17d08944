// Short-lived tokens from your own server, handling errors by class, and a call with a time limit.

import VitableConnect, { AuthenticationError, CredentialsError, RateLimitError } from 'vitable-groups';

const client = new VitableConnect({
  tokenProvider: async () => {
    // Request a token from your own server here; this example reads one from the environment.
    return { token: process.env.VITABLE_CONNECT_API_KEY ?? '', expires_in: 910 };
  },
});

try {
  const page = await client.groups.list({ limit: 5 }, { signal: AbortSignal.timeout(10_000) });
  console.log(`${page.pagination.total} groups`);
} catch (error) {
  if (error instanceof CredentialsError) console.error('no token:', error.cause);
  else if (error instanceof AuthenticationError) console.error('the token was rejected:', error.traceID);
  else if (error instanceof RateLimitError) console.error('rate limited; retry after', error.retryAfter, 'ms');
  else throw error;
}
