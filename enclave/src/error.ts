import { ProtocolError } from "@pruntime/core/errors";

export type EnclaveErrorDetail =
  /** A sealed blob does not open: another sealing key, another blob's content, or damage. */
  | { readonly code: "enclave/bad-seal"; readonly key: string }
  /** A sealed blob opens, but its content is none of this program's. */
  | { readonly code: "enclave/bad-blob"; readonly key: string }
  /** The random source gave no usable key: it is broken. */
  | { readonly code: "enclave/bad-random" }
  /** Remote attestation was asked for, and no attestation service is connected. */
  | { readonly code: "enclave/no-attestation" }
  /** The action is only for workers that were started with development actions. */
  | { readonly code: "enclave/dev-only"; readonly action: string }
  /** There is no such action. */
  | { readonly code: "enclave/unknown-action" }
  /** No file or result is kept under this path. */
  | { readonly code: "enclave/no-data" }
  /** A self-test failed. */
  | { readonly code: "enclave/self-test-failed"; readonly test: string }
  /** The enclave met a bug of its own: it has stopped taking work. */
  | { readonly code: "enclave/bug" };

/** What only the process around the runtime can refuse. */
export class EnclaveError extends ProtocolError<EnclaveErrorDetail> {}
