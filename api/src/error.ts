import { ProtocolError } from "@pruntime/core/errors";

/** Why bytes on the pipe cannot be taken for a message. */
export type FrameErrorDetail =
  /** A frame announces more bytes than either side may send. */
  | { readonly code: "frame/too-large"; readonly length: number; readonly limit: number }
  /** The first byte of a frame names no message in this direction. */
  | { readonly code: "frame/unknown-kind"; readonly kind: number };

/** Bytes on the pipe between gateway and enclave that are not a message. */
export class FrameError extends ProtocolError<FrameErrorDetail> {}

/** Refusals that never reach the enclave, or that only HTTP knows. */
export type HttpErrorDetail =
  /** The body is not JSON text. */
  | { readonly code: "http/bad-json" }
  /** The body is not `application/json`. */
  | { readonly code: "http/bad-content-type" }
  /** The body is larger than this action accepts. */
  | { readonly code: "http/too-large"; readonly limit: number }
  /** There is no action or page with this name. */
  | { readonly code: "http/unknown-action" }
  /** Actions are called with POST. */
  | { readonly code: "http/bad-method" }
  /** The action is for the operator: call it from this machine, or with the operator's token. */
  | { readonly code: "http/forbidden" }
  /** This address made too many calls: try again later. */
  | { readonly code: "http/rate-limited" }
  /** The enclave process is starting, or was lost and is restarting. */
  | { readonly code: "http/enclave-down" }
  /** The enclave did not answer in time. */
  | { readonly code: "http/enclave-timeout" }
  /** The blob store could not store what the enclave put. A restart may lose the effect of the call. */
  | { readonly code: "http/store-failed" }
  /** The gateway met a bug of its own. */
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
