import { ProtocolError } from "@pruntime/core/errors";

export type RelayErrorDetail =
  /** The connection to the node was lost or could not be made. */
  | { readonly code: "relay/node-unreachable"; readonly url: string }
  /** The node did not answer in time. */
  | { readonly code: "relay/node-timeout"; readonly method: string }
  /** The node answered with an error of its own. */
  | { readonly code: "relay/node-refused"; readonly method: string; readonly reason: string }
  /** The node's answer has not the shape its method promises. */
  | { readonly code: "relay/bad-answer"; readonly method: string }
  /** The gateway could not be reached. */
  | { readonly code: "relay/worker-unreachable"; readonly url: string }
  /** The worker refused what was relayed. */
  | { readonly code: "relay/worker-refused"; readonly action: string; readonly reason: string }
  /** The worker follows another chain than the node serves. */
  | { readonly code: "relay/wrong-chain"; readonly worker: string; readonly node: string }
  /** The worker waits for `init_runtime`. */
  | { readonly code: "relay/not-initialized" }
  /** The node is behind the worker: nothing can be relayed from it yet. */
  | { readonly code: "relay/node-behind"; readonly node: number; readonly worker: number }
  /** The node knows no finality proof for the wanted blocks yet. */
  | { readonly code: "relay/no-proof"; readonly from: number };

/** Why the relay could not go on for now; it tries again, except after `relay/wrong-chain`. */
export class RelayError extends ProtocolError<RelayErrorDetail> {}
