import { type HttpErrorDetail, httpStatus } from "@pruntime/api/error";
import { ProtocolError } from "@pruntime/core/errors";

export type GatewayErrorDetail =
  /** Another running gateway uses this data directory. */
  | { readonly code: "gateway/data-locked"; readonly dataDir: string; readonly pid: number }
  /** The port is in use. */
  | { readonly code: "gateway/port-taken"; readonly port: number }
  /** The operator's token is shorter than 16 characters. */
  | { readonly code: "gateway/weak-token" }
  /** There is no enclave bundle at this path. */
  | { readonly code: "gateway/no-bundle"; readonly path: string }
  /** The enclave failed to start with the gateway. */
  | { readonly code: "gateway/boot-failed"; readonly reason: string }
  /** The enclave sent a reply without a call, a second greeting, or bytes that an HTTP reply cannot carry. */
  | { readonly code: "gateway/unexpected-message"; readonly kind: string }
  /** The enclave's blobs are larger than one boot frame can carry. */
  | { readonly code: "gateway/store-full"; readonly bytes: number; readonly limit: number }
  /** The enclave named a blob with a key that the store does not accept. */
  | { readonly code: "gateway/bad-blob-key"; readonly length: number };

/** What keeps a gateway from starting, or its enclave from being believed. */
export class GatewayError extends ProtocolError<GatewayErrorDetail> {}

/** Refusals beside those of the shared table, for what only a server sees. */
export type ServerErrorDetail =
  /** Too many calls are waiting for the enclave: try again in a moment. */
  | { readonly code: "http/busy" }
  /** The HTTP request is malformed. */
  | { readonly code: "http/bad-request" };

export type RefusalDetail = HttpErrorDetail | ServerErrorDetail;
export type RefusalCode = RefusalDetail["code"];

/** A refusal on its way to the client. */
export class Refusal extends ProtocolError<RefusalDetail> {
  /** Fastify reads it. */
  get statusCode(): number {
    return refusalStatus[this.code];
  }
}

/** The HTTP status of each refusal. */
export const refusalStatus: Readonly<Record<RefusalCode, number>> = {
  ...httpStatus,
  "http/busy": 503,
  "http/bad-request": 400,
};

/** The sentence that stands beside each code in a reply. */
export const refusalMessage: Readonly<Record<RefusalCode, string>> = {
  "http/bad-json": "The body is no JSON text.",
  "http/bad-content-type": "The body has to be application/json.",
  "http/too-large": "The body is larger than this action takes.",
  "http/unknown-action": "Nothing is served under this name.",
  "http/bad-method": "Actions are called by POST, pages by GET.",
  "http/forbidden":
    "This is for the operator: call it from this machine, directly, or with the operator's token; not from another site's page.",
  "http/rate-limited": "Too many calls from this address.",
  "http/enclave-down": "The enclave is being started.",
  "http/enclave-timeout": "The enclave did not answer in time.",
  "http/store-failed": "What the enclave asked to keep could not be kept.",
  "http/internal": "The gateway failed.",
  "http/busy": "Too many calls wait for the enclave.",
  "http/bad-request": "This is no request that this server reads.",
};
