import { ProtocolError } from "@pruntime/core/errors";

/** Why bytes on the pipe cannot be taken for a message. */
export type FrameErrorDetail =
  /** A frame announces more bytes than either side may send. */
  | { readonly code: "frame/too-large"; readonly length: number; readonly limit: number }
  /** A frame's first byte names no message of this direction. */
  | { readonly code: "frame/unknown-kind"; readonly kind: number };

/** Bytes on the pipe between gateway and enclave that are not a message. */
export class FrameError extends ProtocolError<FrameErrorDetail> {}

/** Refusals that never reach the enclave, or that only HTTP knows. */
export type HttpErrorDetail =
  /** The body is not JSON text. */
  | { readonly code: "http/bad-json" }
  /** The body is not `application/json`. */
  | { readonly code: "http/bad-content-type" }
  /** The body is larger than this action takes. */
  | { readonly code: "http/too-large"; readonly limit: number }
  /** Nothing is served under this name. */
  | { readonly code: "http/unknown-action" }
  /** Actions are called by POST. */
  | { readonly code: "http/bad-method" }
  /** The action is for the operator: call it from this machine, or with the operator's token. */
  | { readonly code: "http/forbidden" }
  /** Too many calls from this address. */
  | { readonly code: "http/rate-limited" }
  /** The enclave process is starting or was lost and is being started again. */
  | { readonly code: "http/enclave-down" }
  /** The enclave did not answer in time. */
  | { readonly code: "http/enclave-timeout" }
  /**
   * The blob store could not keep what the enclave asked it to keep; the effect of the call may be lost
   * with a restart.
   */
  | { readonly code: "http/store-failed" }
  /** A fault of the gateway itself. */
  | { readonly code: "http/internal" };

/** The codes the gateway answers with on its own. */
export type HttpErrorCode = HttpErrorDetail["code"];

/** The status each gateway code is answered with. */
export const httpStatus: Readonly<Record<HttpErrorCode, number>> = {
  "http/bad-json": 400,
  "http/bad-content-type": 415,
  "http/too-large": 413,
  "http/unknown-action": 404,
  "http/bad-method": 405,
  "http/forbidden": 403,
  "http/rate-limited": 429,
  "http/enclave-down": 503,
  "http/enclave-timeout": 504,
  "http/store-failed": 500,
  "http/internal": 500,
};
