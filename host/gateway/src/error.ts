import { type HttpErrorDetail, httpStatus } from "@pruntime/api/error";
import { ProtocolError } from "@pruntime/core/errors";

/** The reasons why a gateway does not start, or rejects a message of its enclave. */
export type GatewayErrorDetail =
  /** The port is in use, and so are the next ports if the gateway may use these instead. */
  | { readonly code: "gateway/port-taken"; readonly port: number }
  /** Another process listens on the operator's Unix socket, or the path names a file that is not a socket. */
  | { readonly code: "gateway/socket-taken"; readonly path: string }
  /** The options ask for operator calls at the public address, as in 2020. Production mode forbids that. */
  | { readonly code: "gateway/production-2020" }
  /** A range of trusted proxies is not in CIDR notation, or does not begin with its first address. */
  | { readonly code: "gateway/bad-proxy-range"; readonly range: string }
  /** The operator's token is shorter than 16 characters. */
  | { readonly code: "gateway/weak-token" }
  /** The file of the enclave's bundle does not exist. Build the project first. */
  | { readonly code: "gateway/no-bundle"; readonly path: string }
  /** The enclave failed to start when the gateway started. */
  | { readonly code: "gateway/boot-failed"; readonly reason: string }
  /**
   * The enclave sent a second `ready` message, a reply that does not answer the oldest call, or a reply that
   * is not valid HTTP.
   */
  | { readonly code: "gateway/unexpected-message"; readonly kind: string }
  /** The enclave's blobs are larger than one boot frame can carry. */
  | { readonly code: "gateway/store-full"; readonly bytes: number; readonly limit: number }
  /** The enclave gave a blob a key that the store does not accept. */
  | { readonly code: "gateway/bad-blob-key"; readonly length: number }
  /** The enclave refused a call with which the gateway saves its state. The gateway tries again later. */
  | { readonly code: "gateway/not-saved"; readonly why: string };

/** Thrown when a gateway cannot start, or when the enclave sends an invalid message. */
export class GatewayError extends ProtocolError<GatewayErrorDetail> {}

/** The errors of the HTTP server that are not in {@link HttpErrorDetail}. */
export type ServerErrorDetail =
  /** Too many calls are waiting for the enclave, or this call waited too long: try again in a moment. */
  | { readonly code: "http/busy" }
  /** The HTTP request is malformed. */
  | { readonly code: "http/bad-request" }
  /** The request does not come from a page that this server served under a name that it allows. */
  | { readonly code: "http/foreign-page" }
  /** This server has no node for its page. */
  | { readonly code: "http/no-node" }
  /** The worker behind a page's own server does not answer, or its answer is longer than answers may be. */
  | { readonly code: "http/worker-unreachable" };

/** Every error with which the gateway itself answers a request. */
export type RefusalDetail = HttpErrorDetail | ServerErrorDetail;
/** The code of an error with which the gateway itself answers a request. */
export type RefusalCode = RefusalDetail["code"];

/** An error with which the gateway answers a request. */
export class Refusal extends ProtocolError<RefusalDetail> {
  /** The HTTP status, which Fastify reads. */
  get statusCode(): number {
    return refusalStatus[this.code];
  }
}

/** The HTTP status of each error. */
export const refusalStatus: Readonly<Record<RefusalCode, number>> = {
  ...httpStatus,
  "http/busy": 503,
  "http/bad-request": 400,
  "http/foreign-page": 403,
  "http/no-node": 404,
  "http/worker-unreachable": 502,
};

/** The message that accompanies each code in a reply. */
export const refusalMessage: Readonly<Record<RefusalCode, string>> = {
  "http/bad-json": "The body is not valid JSON.",
  "http/bad-content-type": "The body must have the content type application/json.",
  "http/too-large": "The body is larger than this action accepts.",
  "http/unknown-action": "There is no action or page at this path.",
  "http/bad-method": "Use POST for actions and GET for pages.",
  "http/forbidden":
    "Only the operator may call this action: at the operator's address, with the operator's token.",
  "http/over-share":
    "Too many calls are waiting, and this network used the most in the last minute. Try again later.",
  "http/enclave-down": "The enclave is starting. Try again in a moment.",
  "http/enclave-timeout": "The enclave did not answer in time.",
  "http/store-failed": "The gateway could not store the enclave's data.",
  "http/internal": "The gateway has an internal error.",
  "http/busy": "Too many calls are waiting for the enclave. Try again in a moment.",
  "http/bad-request": "Malformed HTTP request.",
  "http/foreign-page":
    "Only a page of this server may use this path: by an IP address, localhost, or a name that " +
    "--allowed-host gives.",
  "http/no-node": "This server has no node for its page.",
  "http/worker-unreachable": "The worker behind this page does not answer.",
};
