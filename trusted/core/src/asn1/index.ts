/** Strict DER and PEM readers: one encoding for each value. */
export * from "./der.ts";
export * from "./error.ts";
export * from "./pem.ts";
