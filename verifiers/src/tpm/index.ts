/** Quotes of TPMs, under a key that the reader trusts. */
export * from "./signature.ts";
export * from "./verify.ts";
