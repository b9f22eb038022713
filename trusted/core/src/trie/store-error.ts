import { ProtocolError } from "../errors/index.ts";

/** Why a record of a state cannot be used. The name is a hash or a MAC, which says nothing of the content. */
export type StoreErrorDetail =
  /** The store lacks a record that belongs to the state. The worker stops dispatch, and refuses the query. */
  | { readonly code: "store/missing-record"; readonly name: Uint8Array }
  /** A record of the store is not the one that its name stands for. What reads the record is refused. */
  | { readonly code: "store/altered-record"; readonly name: Uint8Array };

/** A record that the state needs is missing or altered. */
export class StoreError extends ProtocolError<StoreErrorDetail> {}
