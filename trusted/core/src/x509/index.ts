/**
 * Strict readers and verifiers of the certificates, chains and revocation lists of hardware makers (RFC
 * 5280).
 */
export * from "./certificate.ts";
export * from "./chain.ts";
export * from "./crl.ts";
export * from "./error.ts";
export * from "./name.ts";
export * from "./signature.ts";
