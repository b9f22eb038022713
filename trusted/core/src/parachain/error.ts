import { ProtocolError } from "../errors/index.ts";

/** Why parachain headers are rejected. */
export type ParachainErrorDetail =
  /** The relay chain's state has no head for this parachain. */
  | { readonly code: "parachain/no-head"; readonly paraId: number }
  /** There are no headers, or the last one is not the parachain's head in the relay chain's state. */
  | { readonly code: "parachain/wrong-head"; readonly paraId: number; readonly number: number };

/** Thrown for parachain headers that the relay chain's state does not prove. */
export class ParachainError extends ProtocolError<ParachainErrorDetail> {}
