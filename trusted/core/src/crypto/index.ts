export * from "./error.ts";
export * from "./hkdf.ts";
export * from "./port.ts";
export * from "./portable.ts";
export { isRsaKey } from "./rsa.ts";
