// Short-lived tokens from your own server, errors told apart, a call that can be given up.

import VitableConnect, { AuthenticationError, CredentialsError, RateLimitError } from 'vitable-groups';

const client = new VitableConnect({
  tokenProvider: async () => {
    // Ask your own server here; a token of the environment stands for its answer.
    return { token: process.env.VITABLE_CONNECT_API_KEY ?? '', expires_in: 910 };
  },
});

try {
  const page = await client.groups.list({ limit: 5 }, { signal: AbortSignal.timeout(10_000) });
  console.log(`${page.pagination.total} groups`);
} catch (error) {
  if (error instanceof CredentialsError) console.error('no token:', error.cause);
  else if (error instanceof AuthenticationError) console.error('the token was refused:', error.traceID);
  else if (error instanceof RateLimitError) console.error('come back in', error.retryAfter, 'ms');
  else throw error;
}
