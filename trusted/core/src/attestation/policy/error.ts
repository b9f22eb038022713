import { ProtocolError } from "../../errors/index.ts";

/** The reasons why a policy is rejected. */
export type PolicyErrorDetail =
  /** The policy has a version that this program does not know. */
  | { readonly code: "policy/unknown-version"; readonly version: number }
  /** The policy's hash differs from the pinned hash. */
  | { readonly code: "policy/wrong-hash" }
  /** The policy has no signature, but a signature by a trusted key is required. */
  | { readonly code: "policy/not-signed" }
  /** The trusted key did not sign the policy. */
  | { readonly code: "policy/bad-signature" };

/** Thrown for a policy that is not the trusted policy, or that has an unknown version. */
export class PolicyError extends ProtocolError<PolicyErrorDetail> {}
