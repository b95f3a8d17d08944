/**
 * Iterates over the items of a list. An async generator would need several microtasks per item; an item
 * that is here already needs one.
 */

/** Where an iterator gets its items. */
export interface ItemSource<Item> {
  /** The next new items; `null` at the end. */
  pull(): Promise<Item[] | null>;
  /** Stops fetching. */
  end(): Promise<void> | void;
}

/** The prototype that async generators inherit, which makes `await using` end them. */
const AsyncIteratorPrototype = Object.getPrototypeOf(
  Object.getPrototypeOf(async function* () {}).prototype,
) as object;

const DONE: IteratorReturnResult<undefined> = Object.freeze({ value: undefined, done: true });

class ItemIterator<Item> {
  #source: ItemSource<Item> | undefined;
  #items: Item[] = [];
  #index = 0;
  /** The last queued step; programs may request several items without waiting. */
  #last: Promise<unknown> | undefined;

  constructor(source: ItemSource<Item>) {
    this.#source = source;
  }

  next(): Promise<IteratorResult<Item, undefined>> {
    if (this.#last === undefined && this.#index < this.#items.length) {
      return Promise.resolve({ value: this.#items[this.#index++] as Item, done: false });
    }
    return this.#enqueue(() => this.#pull());
  }

  return(value?: unknown): Promise<IteratorResult<Item, unknown>> {
    return this.#enqueue(async () => {
      await this.#end();
      return { value: await value, done: true };
    });
  }

  throw(error: unknown): Promise<IteratorResult<Item, undefined>> {
    return this.#enqueue(async () => {
      await this.#end();
      throw error;
    });
  }

  #enqueue<T>(step: () => Promise<T>): Promise<T> {
    const result = this.#last === undefined ? step() : this.#last.then(step);
    const last = result
      .catch(() => {})
      .then(() => {
        if (this.#last === last) this.#last = undefined;
      });
    this.#last = last;
    return result;
  }

  async #pull(): Promise<IteratorResult<Item, undefined>> {
    while (this.#index >= this.#items.length) {
      let items: Item[] | null | undefined;
      try {
        items = await this.#source?.pull();
      } finally {
        if (!items) await this.#end();
      }
      if (!items) return DONE;
      this.#items = items;
      this.#index = 0;
    }
    return { value: this.#items[this.#index++] as Item, done: false };
  }

  async #end(): Promise<void> {
    const source = this.#source;
    this.#source = undefined;
    this.#items = [];
    await source?.end();
  }
}

/** Iterates over the items of a page that is not fetched yet. */
class PendingItemIterator<Item> {
  #page: PromiseLike<AsyncIterable<Item>> | undefined;
  #opened: Promise<AsyncIterator<Item>> | undefined;
  #items: AsyncIterator<Item> | undefined;

  constructor(page: PromiseLike<AsyncIterable<Item>>) {
    this.#page = page;
  }

  next(): Promise<IteratorResult<Item, unknown>> {
    return this.#items ? this.#items.next() : this.#open().then((items) => items.next());
  }

  async return(value?: unknown): Promise<IteratorResult<Item, unknown>> {
    const items = await this.#openedItems();
    return (await items?.return?.(value)) ?? { value: await value, done: true };
  }

  async throw(error: unknown): Promise<IteratorResult<Item, unknown>> {
    const items = await this.#openedItems();
    await items?.return?.();
    throw error;
  }

  #open(): Promise<AsyncIterator<Item>> {
    return (this.#opened ??= this.#start());
  }

  async #start(): Promise<AsyncIterator<Item>> {
    const page = this.#page;
    this.#page = undefined;
    try {
      return (this.#items = page ? (await page)[Symbol.asyncIterator]() : (async function* () {})());
    } catch (error) {
      // The error is thrown once; after it, the iterator is at its end.
      this.#opened = undefined;
      throw error;
    }
  }

  /** The items if iteration has begun; else it never will. */
  async #openedItems(): Promise<AsyncIterator<Item> | undefined> {
    if (this.#opened === undefined) this.#page = undefined;
    return this.#opened?.catch(() => undefined);
  }
}

for (const { prototype } of [ItemIterator, PendingItemIterator]) {
  Object.setPrototypeOf(prototype, AsyncIteratorPrototype);
}

/** Iterates over items as an async generator would. */
export function itemsOf<Item>(source: ItemSource<Item>): AsyncGenerator<Item> {
  return new ItemIterator(source) as unknown as AsyncGenerator<Item>;
}

/** Iterates over the items of a page that is not fetched yet, as an async generator would. */
export function itemsOfPending<Item>(page: PromiseLike<AsyncIterable<Item>>): AsyncGenerator<Item> {
  return new PendingItemIterator(page) as unknown as AsyncGenerator<Item>;
}
