import { ProtocolError } from "@pruntime/core/errors";

/** Why the enclave refuses to start or to answer a call. */
export type EnclaveErrorDetail =
  /**
   * A sealed blob cannot be opened: it was sealed under a different key, is the content of a different blob,
   * or is damaged.
   */
  | { readonly code: "enclave/bad-seal"; readonly key: string }
  /** The process was started with an unknown option, or with an option that lacks a valid value. */
  | { readonly code: "enclave/bad-option"; readonly option: string }
  /** Production mode does not allow simulated evidence: name the hardware with `--attest`. */
  | { readonly code: "enclave/production-simulated" }
  /** Production mode accepts evidence only from the hardware's own path: start without `--attest-root`. */
  | { readonly code: "enclave/production-fake-root"; readonly provider: string }
  /** Development actions are not available in production mode. */
  | { readonly code: "enclave/production-dev-actions" }
  /** The development sealing key is public, so only simulated workers outside production mode may use it. */
  | { readonly code: "enclave/development-key"; readonly provider: string }
  /** The provider has no sealing key of its own: start with `--seal ephemeral`. */
  | { readonly code: "enclave/no-hardware-key"; readonly provider: string }
  /**
   * The worker's sealing key is lost when its process ends, so the worker would lose keys handed over to it.
   */
  | { readonly code: "enclave/no-lasting-key" }
  /** The action is available only on workers that were started with development actions. */
  | { readonly code: "enclave/dev-only"; readonly action: string }
  /**
   * The process has no memory left for the interpreter of the chain's runtime, at its start or during a run.
   * The code that the interpreter was to run may be good. Restart the worker with more memory.
   */
  | { readonly code: "enclave/no-interpreter" }
  /** The operator has not named an account: call `set_operator` first. */
  | { readonly code: "enclave/no-operator" }
  /** There is no such action. */
  | { readonly code: "enclave/unknown-action" }
  /** No file or result is stored under this path. */
  | { readonly code: "enclave/no-data" }
  /** One of the self-tests that the action `test` runs did not give the expected result. */
  | { readonly code: "enclave/self-test-failed"; readonly test: string }
  /**
   * The reply would be larger than its action allows, so no client would read it. What the call changed stays
   * changed.
   */
  | { readonly code: "enclave/reply-too-large"; readonly bytes: number; readonly limit: number }
  /** The enclave found a bug in itself and has stopped accepting calls: restart the worker. */
  | { readonly code: "enclave/bug" };

/** A refusal by the process around the runtime. */
export class EnclaveError extends ProtocolError<EnclaveErrorDetail> {}
