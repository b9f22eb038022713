import { ProtocolError } from "../../errors/index.ts";

export type PolicyErrorDetail =
  /** The policy is written in a version this program does not know. */
  | { readonly code: "policy/unknown-version"; readonly version: number }
  /** The policy is not the one whose hash was pinned. */
  | { readonly code: "policy/wrong-hash" }
  /** The policy carries no signature, and one by a trusted key is wanted. */
  | { readonly code: "policy/not-signed" }
  /** The policy was not signed by the trusted key. */
  | { readonly code: "policy/bad-signature" };

/** A policy that is not the one that somebody trusts. */
export class PolicyError extends ProtocolError<PolicyErrorDetail> {}
