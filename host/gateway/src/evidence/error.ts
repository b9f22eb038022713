import { ProtocolError } from "@pruntime/core/errors";

/** Why there is no collateral. */
export type CollateralErrorDetail =
  /** The server does not answer. */
  | { readonly code: "collateral/unreachable"; readonly part: string }
  /** The server's answer was not complete in time. */
  | { readonly code: "collateral/timeout"; readonly part: string }
  /** The server's answer is larger than any genuine one. */
  | { readonly code: "collateral/too-large"; readonly part: string; readonly limit: number }
  /** The server refuses: it may not know the platform. */
  | { readonly code: "collateral/refused"; readonly part: string; readonly status: number }
  /** The server's answer does not have the expected format. */
  | { readonly code: "collateral/garbage"; readonly part: string }
  /** The evidence does not name what to fetch, or no server is configured. */
  | { readonly code: "collateral/not-fetched"; readonly why: string };

/** No collateral stands beside a worker's evidence. Clients can fetch it themselves. */
export class CollateralError extends ProtocolError<CollateralErrorDetail> {}
