/** `await using`, for TypeScript versions whose library types do not know it yet. */

export {};

declare global {
  interface SymbolConstructor {
    readonly asyncDispose: unique symbol;
  }
}
