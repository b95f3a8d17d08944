/** Pages of a list. Whether a list goes on is the core's decision. */

import type { BaseClient } from './base-client.js';
import { APIPromise } from './api-promise.js';
import { VitableConnectError } from './error.js';
import { addon, type NativeCancelToken, type PagePlace } from './native.js';
import { type FinalRequestOptions, milliseconds } from './options.js';
import type { Reply } from './reply.js';

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
    _reply: Reply,
    body: Partial<PageNumberPageResponse<Item>> | null | undefined,
    options: FinalRequestOptions,
  ) {
    Object.assign(this, body);
    this.data = body?.data ?? [];
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
    const page = await this.#fetch(number);
    if (page.#repeats(this)) {
      throw new VitableConnectError(`the server sent page ${number - 1} again instead of page ${number}`);
    }
    return page;
  }

  /** All pages from this one on, this one included. */
  async *iterPages(): AsyncGenerator<this> {
    yield this;
    const walk = new Walk<this>(this.#options, this.#client);
    // A server that goes round in circles ends here.
    const firsts = new Set([this.#place().firstId]);
    let previous = this;
    try {
      for (;;) {
        const number = previous.#nextNumber();
        if (number === null) return;
        walk.fetchAhead(number, previous.#place().totalPages, (page) => this.#fetch(page, walk));
        const page = await (walk.take(number) ?? this.#fetch(number, walk));
        const first = page.#place().firstId;
        if (page.#repeats(previous) || (first !== undefined && firsts.has(first))) return;
        firsts.add(first);
        yield page;
        previous = page;
      }
    } finally {
      walk.end();
    }
  }

  /** All items from this page on, each id once. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Item> {
    // Pages are no snapshot: an item can move to the next one while we read.
    const seen = new Set<string>();
    for await (const page of this.iterPages()) {
      for (const item of page.getPaginatedItems()) {
        const id = (item as { id?: string } | null)?.id;
        if (id !== undefined && seen.size === seen.add(id).size) continue;
        yield item;
      }
    }
  }

  #place(): PagePlace {
    const { page, total_pages } = this.pagination;
    const first = this.data[0] as { id?: unknown } | undefined;
    return {
      requested: Number((this.#options.query as PageNumberPageParams | undefined)?.page ?? 1),
      page: page ?? undefined,
      totalPages: total_pages ?? undefined,
      items: this.data.length,
      firstId: typeof first?.id === 'string' ? first.id : undefined,
    };
  }

  #nextNumber(): number | null {
    return addon.nextPage(this.#place());
  }

  #repeats(previous: PageNumberPage<Item>): boolean {
    return addon.repeatsPage(this.#place(), previous.#place());
  }

  #optionsOf(page: number): FinalRequestOptions {
    return { ...this.#options, query: { ...this.#options.query, page } };
  }

  async #fetch(number: number, walk?: Walk<this>): Promise<this> {
    const options = { ...this.#optionsOf(number), ...walk?.timeLeft() };
    try {
      return await this.#client._page(this.constructor as PageClass<this>, options, walk?.cancel);
    } catch (error) {
      if (error instanceof VitableConnectError) error.page ??= number;
      throw error;
    }
  }
}

/** One walk over pages: its deadline, and the pages that were asked for ahead of time. */
class Walk<Page> {
  readonly cancel: NativeCancelToken | undefined;
  readonly #prefetch: number;
  readonly #end: number | undefined;
  readonly #underWay = new Map<number, Promise<Page>>();
  #asked = 0;

  constructor(options: FinalRequestOptions, client: BaseClient) {
    this.#prefetch = options.prefetch ?? 0;
    const deadline = milliseconds('deadline', options.deadline) ?? client.deadline;
    this.#end = deadline === undefined ? undefined : performance.now() + deadline;
    this.cancel = this.#prefetch > 0 ? new addon.CancelToken() : undefined;
  }

  /** The deadline of the next call: what is left of that of the whole walk. */
  timeLeft(): { deadline?: number } {
    if (this.#end === undefined) return {};
    return { deadline: Math.max(0, Math.round(this.#end - performance.now())) };
  }

  /** Keeps `prefetch` pages under way, from the next one to the last. */
  fetchAhead(next: number, total: number | undefined, fetch: (page: number) => Promise<Page>): void {
    if (total === undefined) return;
    this.#asked = Math.max(this.#asked, next - 1);
    while (this.#underWay.size < this.#prefetch && this.#asked < total) {
      this.#asked += 1;
      const page = fetch(this.#asked);
      // Heard when its turn comes; pages behind a failed one are given up unheard.
      page.catch(() => undefined);
      this.#underWay.set(this.#asked, page);
    }
  }

  take(number: number): Promise<Page> | undefined {
    const page = this.#underWay.get(number);
    this.#underWay.delete(number);
    return page;
  }

  end(): void {
    this.cancel?.cancel();
  }
}

/** The promise of a list's first page, which can be iterated as it is. */
export class PagePromise<Page extends AsyncIterable<Item>, Item>
  extends APIPromise<Page>
  implements AsyncIterable<Item>
{
  /** All items of all pages. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Item> {
    yield* await this;
  }
}
