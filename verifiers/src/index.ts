/**
 * Verifiers of evidence that no worker produces and no policy accepts: AWS Nitro documents, bare TPM quotes,
 * measured-boot logs, and attestation results of other verifiers. The verifiers run outside the enclave, for
 * people who check machines that run no worker.
 */
export * from "./ccel/verify.ts";
export * from "./ear/verify.ts";
export * from "./nitro/index.ts";
export * from "./tcg/event-log.ts";
export * from "./tpm/index.ts";
