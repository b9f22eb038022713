import { ProtocolError } from "@pruntime/core/errors";

/** The reasons why the gateway cannot provide collateral. */
export type CollateralErrorDetail =
  /** The connection to the server fails, or the server answers with a redirect. */
  | { readonly code: "collateral/unreachable"; readonly part: string }
  /** The server did not answer completely within the time limit. */
  | { readonly code: "collateral/timeout"; readonly part: string }
  /** The server's answer is larger than any genuine answer. */
  | { readonly code: "collateral/too-large"; readonly part: string; readonly limit: number }
  /** The server refuses the request. It may not know the platform. */
  | { readonly code: "collateral/refused"; readonly part: string; readonly status: number }
  /** The server's answer does not have the expected format. */
  | { readonly code: "collateral/garbage"; readonly part: string }
  /** The evidence does not identify collateral that a configured server publishes. */
  | { readonly code: "collateral/not-fetched"; readonly why: string };

/**
 * Thrown when the gateway cannot fetch collateral for a worker's evidence. Clients can fetch it themselves.
 */
export class CollateralError extends ProtocolError<CollateralErrorDetail> {}
