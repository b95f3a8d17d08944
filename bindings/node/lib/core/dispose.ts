/** Declares `Symbol.asyncDispose`, which the library types of older TypeScript versions lack. */

export {};

declare global {
  interface SymbolConstructor {
    readonly asyncDispose: unique symbol;
  }
}
