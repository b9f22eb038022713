import { ProtocolError } from "@pruntime/core/errors";

/** Why bytes on the pipe are not a valid message. */
export type FrameErrorDetail =
  /** A message is larger than one frame may carry. */
  | { readonly code: "frame/too-large"; readonly length: number; readonly limit: number }
  /** The first byte of a message is not a kind of message in this direction. */
  | { readonly code: "frame/unknown-kind"; readonly kind: number };

/** Thrown for bytes on the pipe between gateway and enclave that are not a valid message. */
export class FrameError extends ProtocolError<FrameErrorDetail> {}

/** Errors with which the gateway itself answers, instead of the enclave. */
export type HttpErrorDetail =
  /** The body is not JSON text. */
  | { readonly code: "http/bad-json" }
  /** The body is not `application/json`. */
  | { readonly code: "http/bad-content-type" }
  /** The body is larger than this action accepts. */
  | { readonly code: "http/too-large"; readonly limit: number }
  /** There is no action or page with this name. */
  | { readonly code: "http/unknown-action" }
  /** The path does not accept this HTTP method: actions accept POST, and pages accept GET. */
  | { readonly code: "http/bad-method" }
  /** Only the operator may make this request: at the operator's address, with the operator's token. */
  | { readonly code: "http/forbidden" }
  /**
   * Too many calls are waiting, and the caller's network used the enclave most in the last minute: try again
   * later.
   */
  | { readonly code: "http/over-share" }
  /** The enclave process is not ready, or ended before it answered. */
  | { readonly code: "http/enclave-down" }
  /** The enclave did not answer within the time limit. */
  | { readonly code: "http/enclave-timeout" }
  /**
   * The blob store could not store the blobs that the enclave returned. A restart may lose the effect of the
   * call.
   */
  | { readonly code: "http/store-failed" }
  /** The gateway encountered a bug of its own. */
  | { readonly code: "http/internal" };

/** The code of an error in {@link HttpErrorDetail}. */
export type HttpErrorCode = HttpErrorDetail["code"];

/** The HTTP status with which the gateway returns each of its own errors. */
export const httpStatus: Readonly<Record<HttpErrorCode, number>> = {
  "http/bad-json": 400,
  "http/bad-content-type": 415,
  "http/too-large": 413,
  "http/unknown-action": 404,
  "http/bad-method": 405,
  "http/forbidden": 403,
  "http/over-share": 429,
  "http/enclave-down": 503,
  "http/enclave-timeout": 504,
  "http/store-failed": 500,
  "http/internal": 500,
};
