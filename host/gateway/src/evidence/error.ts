import { ProtocolError } from "@pruntime/core/errors";

export type CollateralErrorDetail =
  /** The server does not answer. */
  | { readonly code: "collateral/unreachable"; readonly part: string }
  /** The server's answer was not whole in time. */
  | { readonly code: "collateral/timeout"; readonly part: string }
  /** The server's answer is larger than anything of its kind. */
  | { readonly code: "collateral/too-large"; readonly part: string; readonly limit: number }
  /** The server refuses: it may not know the platform. */
  | { readonly code: "collateral/refused"; readonly part: string; readonly status: number }
  /** The server's answer is not of the form it should have. */
  | { readonly code: "collateral/garbage"; readonly part: string }
  /** The evidence does not name what has to be fetched for it, or nobody was named to fetch it from. */
  | { readonly code: "collateral/not-fetched"; readonly why: string };

/** Why there is no collateral beside a worker's evidence. Clients can fetch it themselves. */
export class CollateralError extends ProtocolError<CollateralErrorDetail> {}
