/** Pages of a list. The core walks over them; here they become objects. */

import type { BaseClient } from './base-client.js';
import { APIPromise } from './api-promise.js';
import { VitableConnectError } from './error.js';
import { itemsLater, itemsOf, type ItemSource } from './items.js';
import { addon, type NativeSeenIds, type PagePlace } from './native.js';
import type { FinalRequestOptions } from './options.js';
import type { Reply } from './reply.js';
import type { Pager } from './run.js';

/** A page's class, as `getAPIList` takes it. */
export type PageClass<Page> = new (
  client: BaseClient,
  reply: Reply,
  body: any,
  options: FinalRequestOptions,
) => Page;

/** Where a page stands in its list; any of it may be missing. */
export interface Pagination {
  /** This page's number, from 1. */
  page?: number;
  /** Items per page. */
  limit?: number;
  /** Items in all pages. */
  total?: number;
  /** How many pages there are. */
  total_pages?: number;
}

/** The parameters of a list in pages. */
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
  /** Where the page stands. */
  pagination: Pagination;
}

/** One page of a list. */
export class PageNumberPage<Item> implements AsyncIterable<Item>, PageNumberPageResponse<Item> {
  /** The items of this page. */
  data: Item[];
  /** Where the page stands; empty if the server did not say. */
  pagination: Pagination;
  readonly #client: BaseClient;
  readonly #options: FinalRequestOptions;

  constructor(
    client: BaseClient,
    reply: Reply,
    body: Partial<PageNumberPageResponse<Item>> | null | undefined,
    options: FinalRequestOptions,
  ) {
    // What has no list is not an empty one.
    if (!Array.isArray(body?.data)) throw reply.unreadable();
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

  /** Whether the list goes on. */
  hasNextPage(): boolean {
    return this.#nextNumber() !== null;
  }

  /** The options of the next page's call, or `null` at the end. */
  nextPageRequestOptions(): FinalRequestOptions | null {
    const page = this.#nextNumber();
    return page === null ? null : this.#optionsOf(page);
  }

  /** The next page. Throws if there is none: ask `hasNextPage()` before. */
  async getNextPage(): Promise<this> {
    const number = this.#nextNumber();
    if (number === null) {
      throw new VitableConnectError('this is the last page; ask `hasNextPage()` before `getNextPage()`');
    }
    const walk = await this.#client._walk(this.#options, this.#place(), 0);
    try {
      const reply = await walk.next();
      if (reply !== null) return this.#made(reply, number);
    } finally {
      walk.end();
    }
    throw new VitableConnectError(`the server sent page ${number - 1} again instead of page ${number}`);
  }

  /** All pages from this one on, this one included. */
  async *iterPages(): AsyncGenerator<this> {
    yield this;
    const following = this.#following();
    try {
      for (let page = await following.next(); page !== null; page = await following.next()) yield page;
    } finally {
      following.end();
    }
  }

  /** All items from this page on, each id once. */
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
          return newOf(this.data, seen);
        }
        const page = await following.next();
        const repeated = page && following.repeated();
        return page && (repeated ? page.data.filter((_, index) => !repeated.includes(index)) : page.data);
      },
      end: () => following.end(),
    };
  }

  /** As a subclass wants pages and items. */
  async *#overridden(): AsyncGenerator<Item> {
    const seen = new addon.SeenIds();
    for await (const page of this.iterPages()) yield* newOf(page.getPaginatedItems(), seen);
  }

  /** The pages after this one; `seen` learns their items. */
  #following(seen?: NativeSeenIds): Following<this> {
    let number = this.#nextNumber();
    let walk: Pager | undefined;
    return {
      next: async () => {
        if (number === null) return null;
        walk ??= await this.#client._walk(this.#options, this.#place(), this.#options.prefetch ?? 0, seen);
        const reply = await walk.next();
        if (reply === null) return null;
        const page = this.#made(reply, number);
        number = page.#nextNumber();
        return page;
      },
      repeated: () => walk?.repeated(),
      end: () => walk?.end(),
    };
  }

  #place(): PagePlace {
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
    return addon.nextPage(this.#place());
  }

  #optionsOf(page: number): FinalRequestOptions {
    return { ...this.#options, query: { ...this.#options.query, page } };
  }

  #made(reply: Reply, number: number): this {
    return this.#client._page(this.constructor as PageClass<this>, reply, this.#optionsOf(number));
  }
}

/** The pages after a page. */
interface Following<Page> {
  next(): Promise<Page | null>;
  /** The places of those items of the last page that came before. */
  repeated(): number[] | null | undefined;
  end(): void;
}

function newOf<Item>(items: Item[], seen: NativeSeenIds): Item[] {
  const areNew = seen.areNew(items.map(idOf));
  return items.filter((_, index) => areNew[index]);
}

/** An item's id; an empty one says nothing. */
function idOf(item: unknown): string {
  const id = (item as { id?: unknown } | null | undefined)?.id;
  return typeof id === 'string' ? id : '';
}

/** The promise of a list's first page, which can be iterated as it is. */
export class PagePromise<Page extends AsyncIterable<Item>, Item>
  extends APIPromise<Page>
  implements AsyncIterable<Item>
{
  /** All items of all pages. */
  [Symbol.asyncIterator](): AsyncGenerator<Item> {
    return itemsLater(this);
  }
}
