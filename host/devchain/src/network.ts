/** What part a chain plays in its network. */

/** The head of a parachain: its SCALE header, as the relay chain's state has it. */
export interface ParaHead {
  readonly paraId: number;
  readonly head: Uint8Array;
}

/** A chain of its own, a relay chain that begins with these heads of its parachains, or a parachain. */
export type Network =
  | { readonly kind: "solo" }
  | { readonly kind: "relay"; readonly heads: readonly ParaHead[] }
  | { readonly kind: "para"; readonly paraId: number };

export type Role = Network["kind"];
