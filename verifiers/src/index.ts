/**
 * Verifiers of evidence that no worker makes and no policy accepts: documents of AWS Nitro, quotes of TPMs,
 * logs of measured boots, and attestation results of other verifiers. They run outside the enclave, for
 * people who check a machine beside a worker.
 */
export * from "./ccel/verify.ts";
export * from "./ear/verify.ts";
export * from "./nitro/index.ts";
export * from "./tcg/event-log.ts";
export * from "./tpm/index.ts";
