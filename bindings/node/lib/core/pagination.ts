/** Pages of a list. The core decides which page follows; here pages become objects. */

import { APIPromise } from './api-promise.js';
import type { CallClient } from './call-client.js';
import type { NativeResponse } from './calls/native-response.js';
import type { Pager } from './calls/run.js';
import { VitableConnectError } from './error.js';
import { type ItemSource, itemsOf, itemsOfPending } from './item-iterator.js';
import { addon, type NativeSeenIds, type PageSummary } from './native.js';
import { type PageClass, pageOf } from './page-class.js';
import type { FinalRequestOptions } from './request/options.js';

export type { PageClass };

/** The position of a page in its list; any of it may be missing. */
export interface Pagination {
  /** The number of this page, from 1. */
  page?: number;
  /** Items per page. */
  limit?: number;
  /** Items on all pages. */
  total?: number;
  /** The number of pages. */
  total_pages?: number;
}

/** The parameters of a paginated list. */
export interface PageNumberPageParams {
  /** Items per page, 1 to 100; the server's default is 20. */
  limit?: number;
  /** The page to start at, from 1. */
  page?: number;
}

/** A page as the API sends it. */
export interface PageNumberPageResponse<Item> {
  /** The items of this page. */
  data: Item[];
  /** The position of the page. */
  pagination: Pagination;
}

/** One page of a list. */
export class PageNumberPage<Item> implements AsyncIterable<Item>, PageNumberPageResponse<Item> {
  /** The items of this page. */
  data: Item[];
  /** The position of the page; empty if the server did not send it. */
  pagination: Pagination;
  readonly #client: CallClient;
  readonly #options: FinalRequestOptions;

  constructor(
    client: CallClient,
    response: NativeResponse,
    body: Partial<PageNumberPageResponse<Item>> | null | undefined,
    options: FinalRequestOptions,
  ) {
    // A body without a list is not an empty page.
    if (!Array.isArray(body?.data)) throw response.validationError();
    Object.assign(this, body);
    this.data = body.data;
    this.pagination = body?.pagination ?? {};
    this.#client = client;
    this.#options = options;
  }

  /** The items of this page. */
  getPaginatedItems(): Item[] {
    return this.data;
  }

  /** Whether the list has more pages. */
  hasNextPage(): boolean {
    return this.#nextNumber() !== null;
  }

  /** The options of the call for the next page, or `null` at the end. */
  nextPageRequestOptions(): FinalRequestOptions | null {
    const page = this.#nextNumber();
    return page === null ? null : this.#optionsOf(page);
  }

  /** The next page. Throws if there is none: check `hasNextPage()` first. */
  async getNextPage(): Promise<this> {
    const number = this.#nextNumber();
    if (number === null) {
      throw new VitableConnectError('this is the last page; check `hasNextPage()` before `getNextPage()`');
    }
    const pager = await this.#client._openPager(this.#options, this.#summary(), 0);
    try {
      const response = await pager.next();
      if (response !== null) return this.#pageOf(response, number);
    } finally {
      pager.end();
    }
    throw new VitableConnectError(`the server sent page ${number - 1} again instead of page ${number}`);
  }

  /** This page and all that follow it. */
  async *iterPages(): AsyncGenerator<this> {
    yield this;
    const following = this.#following();
    try {
      for (let page = await following.next(); page !== null; page = await following.next()) yield page;
    } finally {
      following.end();
    }
  }

  /** All items of this page and those that follow it, each id once. */
  [Symbol.asyncIterator](): AsyncGenerator<Item> {
    const own = PageNumberPage.prototype;
    const isOwn = this.iterPages === own.iterPages && this.getPaginatedItems === own.getPaginatedItems;
    return isOwn ? itemsOf(this.#items()) : this.#overridden();
  }

  #items(): ItemSource<Item> {
    const seen = new addon.SeenIds();
    const following = this.#following(seen);
    let isFirst = true;
    return {
      pull: async () => {
        if (isFirst) {
          isFirst = false;
          return unseen(this.data, seen);
        }
        const page = await following.next();
        const repeated = page && following.repeated();
        return page && (repeated ? page.data.filter((_, index) => !repeated.includes(index)) : page.data);
      },
      end: () => following.end(),
    };
  }

  /** Iterates with the methods that a subclass overrides. */
  async *#overridden(): AsyncGenerator<Item> {
    const seen = new addon.SeenIds();
    for await (const page of this.iterPages()) yield* unseen(page.getPaginatedItems(), seen);
  }

  /** The pages after this one; the ids of their items are added to `seen`. */
  #following(seen?: NativeSeenIds): Following<this> {
    let number = this.#nextNumber();
    let pager: Pager | undefined;
    return {
      next: async () => {
        if (number === null) return null;
        pager ??= await this.#client._openPager(
          this.#options,
          this.#summary(),
          this.#options.prefetch ?? 0,
          seen,
        );
        const response = await pager.next();
        if (response === null) return null;
        const page = this.#pageOf(response, number);
        number = page.#nextNumber();
        return page;
      },
      repeated: () => pager?.repeated(),
      end: () => pager?.end(),
    };
  }

  #summary(): PageSummary {
    const { page, total_pages } = this.pagination;
    return {
      requested: Number((this.#options.query as PageNumberPageParams | undefined)?.page ?? 1),
      page: page ?? undefined,
      totalPages: total_pages ?? undefined,
      items: this.data.length,
      firstId: idOf(this.data[0]) || undefined,
    };
  }

  #nextNumber(): number | null {
    return addon.nextPage(this.#summary());
  }

  #optionsOf(page: number): FinalRequestOptions {
    return { ...this.#options, query: { ...this.#options.query, page } };
  }

  #pageOf(response: NativeResponse, number: number): this {
    return pageOf(this.#client, this.constructor as PageClass<this>, response, this.#optionsOf(number));
  }
}

/** The pages after a page. */
interface Following<Page> {
  next(): Promise<Page | null>;
  /** The indexes of items on the last page that an earlier page had already. */
  repeated(): number[] | null | undefined;
  end(): void;
}

/** The items whose ids are new. */
function unseen<Item>(items: Item[], seen: NativeSeenIds): Item[] {
  const isNew = seen.insertAll(items.map(idOf));
  return items.filter((_, index) => isNew[index]);
}

/** The id of an item; empty if it has none. */
function idOf(item: unknown): string {
  const id = (item as { id?: unknown } | null | undefined)?.id;
  return typeof id === 'string' ? id : '';
}

/** The promise of the first page of a list, which can be iterated directly. */
export class PagePromise<Page extends AsyncIterable<Item>, Item>
  extends APIPromise<Page>
  implements AsyncIterable<Item>
{
  /** All items of all pages. */
  [Symbol.asyncIterator](): AsyncGenerator<Item> {
    return itemsOfPending(this);
  }
}
