import { ProtocolError } from "../errors/index.ts";

export type ParachainErrorDetail =
  /** The relay chain's state has no head for this parachain. */
  | { readonly code: "parachain/no-head"; readonly paraId: number }
  /** The last header is not the one that the relay chain's state has as the parachain's head. */
  | { readonly code: "parachain/wrong-head"; readonly paraId: number; readonly number: number };

/** Parachain headers that the relay chain does not vouch for. */
export class ParachainError extends ProtocolError<ParachainErrorDetail> {}
