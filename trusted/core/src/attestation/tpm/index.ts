/** Quotes of TPMs. */
export * from "./error.ts";
export * from "./quote.ts";
export * from "./verify.ts";
