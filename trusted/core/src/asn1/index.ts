/** DER and PEM, strictly: one encoding per value. */
export * from "./der.ts";
export * from "./error.ts";
export * from "./pem.ts";
