/**
 * The items of a list, one by one. An async generator would take several turns of the microtask
 * queue for each item; what is there already comes in one.
 */

/** Pulls the next items that have not come before; `null` at the end. */
export interface ItemSource<Item> {
  pull(): Promise<Item[] | null>;
  end(): Promise<void> | void;
}

/** What async generators inherit, such as their end at an `await using`. */
const AsyncIteratorPrototype = Object.getPrototypeOf(
  Object.getPrototypeOf(async function* () {}).prototype,
) as object;

const DONE: IteratorReturnResult<undefined> = Object.freeze({ value: undefined, done: true });

class Items<Item> {
  #source: ItemSource<Item> | undefined;
  #items: Item[] = [];
  #index = 0;
  /** What is under way; a program may ask for several items at once. */
  #last: Promise<unknown> | undefined;

  constructor(source: ItemSource<Item>) {
    this.#source = source;
  }

  next(): Promise<IteratorResult<Item, undefined>> {
    if (this.#last === undefined && this.#index < this.#items.length) {
      return Promise.resolve({ value: this.#items[this.#index++] as Item, done: false });
    }
    return this.#queued(() => this.#pulled());
  }

  return(value?: unknown): Promise<IteratorResult<Item, unknown>> {
    return this.#queued(async () => {
      await this.#end();
      return { value: await value, done: true };
    });
  }

  throw(error: unknown): Promise<IteratorResult<Item, undefined>> {
    return this.#queued(async () => {
      await this.#end();
      throw error;
    });
  }

  #queued<T>(step: () => Promise<T>): Promise<T> {
    const done = this.#last === undefined ? step() : this.#last.then(step);
    const last = done
      .catch(() => {})
      .then(() => {
        if (this.#last === last) this.#last = undefined;
      });
    this.#last = last;
    return done;
  }

  async #pulled(): Promise<IteratorResult<Item, undefined>> {
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

/** The items of a page that is still to come. */
class Later<Item> {
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
    const items = await this.#started();
    return (await items?.return?.(value)) ?? { value: await value, done: true };
  }

  async throw(error: unknown): Promise<IteratorResult<Item, unknown>> {
    const items = await this.#started();
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
      // Told once; from then on there is nothing.
      this.#opened = undefined;
      throw error;
    }
  }

  /** The items if they were asked for; else nobody will get any. */
  async #started(): Promise<AsyncIterator<Item> | undefined> {
    if (this.#opened === undefined) this.#page = undefined;
    return this.#opened?.catch(() => undefined);
  }
}

for (const { prototype } of [Items, Later]) Object.setPrototypeOf(prototype, AsyncIteratorPrototype);

/** Behaves as an async generator over the items. */
export function itemsOf<Item>(source: ItemSource<Item>): AsyncGenerator<Item> {
  return new Items(source) as unknown as AsyncGenerator<Item>;
}

/** Behaves as an async generator over the items of a page that is still to come. */
export function itemsLater<Item>(page: PromiseLike<AsyncIterable<Item>>): AsyncGenerator<Item> {
  return new Later(page) as unknown as AsyncGenerator<Item>;
}
