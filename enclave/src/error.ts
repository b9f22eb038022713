import { ProtocolError } from "@pruntime/core/errors";

export type EnclaveErrorDetail =
  /** A sealed blob does not open: another sealing key, another blob's content, or damage. */
  | { readonly code: "enclave/bad-seal"; readonly key: string }
  /** The process was started with an option that it does not know, or without the option's value. */
  | { readonly code: "enclave/bad-option"; readonly option: string }
  /** Production mode takes no simulated evidence: name the hardware with `--attest`. */
  | { readonly code: "enclave/production-simulated" }
  /**
   * Production mode takes evidence only from the place where the hardware's is, not from a stand-in for it.
   */
  | { readonly code: "enclave/production-fake-root"; readonly provider: string }
  /** Development actions are not offered in production mode. */
  | { readonly code: "enclave/production-dev-actions" }
  /** The development sealing key, which everybody knows, is for simulated workers outside production mode. */
  | { readonly code: "enclave/development-key"; readonly provider: string }
  /** The provider has no sealing key of its own: `--seal ephemeral` does without. */
  | { readonly code: "enclave/no-hardware-key"; readonly provider: string }
  /** The worker's sealing key ends with its process, so keys that it were given would be lost with it. */
  | { readonly code: "enclave/no-lasting-key" }
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
