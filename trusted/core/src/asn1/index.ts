/** Strict readers of DER and PEM. */
export * from "./der.ts";
export * from "./error.ts";
export * from "./pem.ts";
