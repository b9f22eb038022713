/** The role of a chain in its network. */

/** The head of a parachain: its SCALE header, as in the relay chain's state. */
export interface ParaHead {
  readonly paraId: number;
  readonly head: Uint8Array;
}

/** A solo chain, a relay chain with its parachains' genesis heads, or a parachain. */
export type Network =
  | { readonly kind: "solo" }
  | { readonly kind: "relay"; readonly heads: readonly ParaHead[] }
  | { readonly kind: "para"; readonly paraId: number };

/** The role of a chain: the `kind` of its {@link Network}. */
export type Role = Network["kind"];
