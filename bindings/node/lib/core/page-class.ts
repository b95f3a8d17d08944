/** The classes of pages. */

import type { CallClient } from './call-client.js';
import type { NativeResponse } from './calls/native-response.js';
import type { FinalRequestOptions } from './request/options.js';

/** The class of a page, as `getAPIList` takes it. */
export type PageClass<Page> = new (
  client: CallClient,
  response: NativeResponse,
  body: any,
  options: FinalRequestOptions,
) => Page;

/** Creates the page of a response. */
export function pageOf<Page>(
  client: CallClient,
  Page: PageClass<Page>,
  response: NativeResponse,
  options: FinalRequestOptions,
): Page {
  return new Page(client, response, response.value(false), options);
}
