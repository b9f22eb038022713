import { ProtocolError } from "@pruntime/core/errors";

/** The reasons why the relay cannot continue for now. `code` names the reason. */
export type RelayErrorDetail =
  /** The connection to the node was lost or could not be made. */
  | { readonly code: "relay/node-unreachable"; readonly url: string }
  /** The node did not answer in time. */
  | { readonly code: "relay/node-timeout"; readonly method: string }
  /** The node answered with an error. */
  | { readonly code: "relay/node-refused"; readonly method: string; readonly reason: string }
  /**
   * The node, or a proxy in front of it, refuses requests because it receives too many, even after the relay
   * has reduced their number.
   */
  | { readonly code: "relay/rate-limited"; readonly method: string; readonly reason: string }
  /** The node's answer is larger than the relay accepts. */
  | { readonly code: "relay/answer-too-large"; readonly method: string; readonly reason: string }
  /**
   * The node has discarded the state of the requested block, and no archive node provided it. Use an archive
   * node, or start a new worker from a checkpoint that `pruntime checkpoint` makes.
   */
  | { readonly code: "relay/state-discarded"; readonly method: string; readonly reason: string }
  /** The node's answer does not have the format that the method defines. */
  | { readonly code: "relay/bad-answer"; readonly method: string }
  /** The node's header does not follow the previous header or the worker's latest finalized block. */
  | { readonly code: "relay/broken-chain"; readonly number: number }
  /** The finalized head of another node is far ahead of this node's head. */
  | { readonly code: "relay/node-lagging"; readonly node: number; readonly other: number }
  /** The relay could not reach the gateway. */
  | { readonly code: "relay/worker-unreachable"; readonly url: string }
  /** The relay cannot read the worker's reply. Use the same version of the relay and the worker. */
  | { readonly code: "relay/bad-reply"; readonly action: string; readonly status: number }
  /** The worker refused data from the relay. */
  | { readonly code: "relay/worker-refused"; readonly action: string; readonly reason: string }
  /** The worker and the node follow different chains. */
  | { readonly code: "relay/wrong-chain"; readonly worker: string; readonly node: string }
  /** The worker has no chain yet and waits for `init_runtime`. */
  | { readonly code: "relay/not-initialized" }
  /** The node has not finalized a block of this number yet, so the relay has nothing to send. */
  | { readonly code: "relay/node-behind"; readonly node: number; readonly worker: number }
  /**
   * An announced change of authorities has not been enacted yet. A checkpoint at this block would need both
   * authority sets.
   */
  | { readonly code: "relay/change-pending"; readonly number: number }
  /** The worker follows a parachain, but the relay has no node of that parachain. */
  | {
      readonly code: "relay/parachain-mismatch";
      readonly worker: number | undefined;
      readonly given: number | undefined;
    }
  /**
   * The state of this block contains no GRANDPA authorities. Use a node of a chain that GRANDPA finalizes.
   */
  | { readonly code: "relay/no-authorities"; readonly number: number }
  /** The node has no finality proof for the requested blocks yet. */
  | { readonly code: "relay/no-proof"; readonly from: number };

/**
 * An error that stops the relay for now. The relay tries again, unless the error is `relay/wrong-chain` and
 * no other node is left.
 */
export class RelayError extends ProtocolError<RelayErrorDetail> {}

const workersCodes: readonly string[] = [
  "relay/worker-unreachable",
  "relay/bad-reply",
  "relay/not-initialized",
];

/** Whether the worker caused the error, so that another node would not help. */
export function isWorkersTrouble(error: ProtocolError): boolean {
  if (!(error instanceof RelayError)) return false;
  const { detail } = error;
  if (workersCodes.includes(detail.code)) return true;
  return (
    detail.code === "relay/worker-refused" &&
    (detail.reason.startsWith("runtime/") || detail.reason.startsWith("http/"))
  );
}

/**
 * Describes a coded error for a person. The error may be any ProtocolError, because any decoder may reject a
 * dishonest node's answer.
 */
export function describe({ detail }: ProtocolError): string {
  const { code, ...facts } = detail;
  const shown = Object.entries(facts).map(([name, value]) => `${name} ${value}`);
  return shown.length === 0 ? code : `${code} (${shown.join(", ")})`;
}

/** Whether the error reports that the worker refused a call and gave this code as the reason. */
export function wasRefused(error: unknown, reason: string): boolean {
  return (
    error instanceof RelayError &&
    error.detail.code === "relay/worker-refused" &&
    error.detail.reason === reason
  );
}
