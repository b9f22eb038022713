import { ProtocolError } from "@pruntime/core/errors";

/** The reasons why the gateway cannot provide collateral. `code` names the reason. */
export type CollateralErrorDetail =
  /** The server does not answer. */
  | { readonly code: "collateral/unreachable"; readonly part: string }
  /** The server did not answer completely within the time limit. */
  | { readonly code: "collateral/timeout"; readonly part: string }
  /** The server's answer is larger than any genuine one. */
  | { readonly code: "collateral/too-large"; readonly part: string; readonly limit: number }
  /** The server refuses the request. It may not know the platform. */
  | { readonly code: "collateral/refused"; readonly part: string; readonly status: number }
  /** The server's answer does not have the expected format. */
  | { readonly code: "collateral/garbage"; readonly part: string }
  /** The evidence does not identify the collateral to fetch, or no server is configured. */
  | { readonly code: "collateral/not-fetched"; readonly why: string };

/**
 * Thrown when the gateway cannot fetch collateral for a worker's evidence. Clients can fetch it themselves.
 */
export class CollateralError extends ProtocolError<CollateralErrorDetail> {}
