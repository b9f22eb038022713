import { ProtocolError } from "@pruntime/core/errors";

/** What can go wrong while a relay runs, or while a checkpoint is made. */
export type RelayErrorDetail =
  /** The connection to the node was lost or could not be made. */
  | { readonly code: "relay/node-unreachable"; readonly url: string; readonly reason?: string }
  /** The node did not answer in time. */
  | { readonly code: "relay/node-timeout"; readonly method: string }
  /** The node answered with an error. */
  | { readonly code: "relay/node-refused"; readonly method: string; readonly reason: string }
  /**
   * The node does not offer this method. Start it with the RPC extensions of its chain, or give another node
   * with `--node`.
   */
  | { readonly code: "relay/method-not-found"; readonly method: string }
  /**
   * The node, or a proxy in front of it, keeps refusing connections or requests because it gets too many.
   * Lower `--parallel`, or give a node of your own with `--node`.
   */
  | {
      readonly code: "relay/rate-limited";
      readonly method: string;
      readonly reason: string;
      /** The wait that the node asks for, in milliseconds. */
      readonly afterMs?: number;
    }
  /** The node's answer is larger than the relay accepts. Start the relay with a larger `--max-message`. */
  | { readonly code: "relay/answer-too-large"; readonly method: string; readonly reason: string }
  /**
   * The answer exceeds the limit of the node, or of a proxy in front of it. Start the node with a larger
   * `--rpc-max-response-size`, or use another node.
   */
  | { readonly code: "relay/node-response-limit"; readonly method: string; readonly reason: string }
  /**
   * The request exceeds the limit of the node, or of a proxy in front of it. Start the node with a larger
   * `--rpc-max-request-size`, or use another node.
   */
  | { readonly code: "relay/node-request-limit"; readonly method: string; readonly reason: string }
  /**
   * The node has discarded the state of the requested block, and no archive node provided it. Use an archive
   * node. A new worker can also start from a raw chain specification (`--spec`), or from a checkpoint that
   * `pruntime checkpoint` makes.
   */
  | { readonly code: "relay/state-discarded"; readonly method: string; readonly reason: string }
  /**
   * The worker needs these blocks. No node has their states any more, and no spool has their proofs. Give an
   * archive node with `--archive-node` or another relay's spool with `--spool-from`, or start a new worker
   * from a checkpoint that `pruntime checkpoint` makes.
   */
  | { readonly code: "relay/gap"; readonly from: number; readonly to: number }
  /**
   * The node does not have the body of this block: it discards bodies, or follows another fork. Give an
   * archive node with `--archive-node`, or another relay's spool with `--spool-from`.
   */
  | { readonly code: "relay/no-block"; readonly hash: string }
  /**
   * The spool cannot be opened or written: the disk is full, or another relay uses the spool (`lock/held`).
   * If the relay cannot write blocks, it continues without storing them. If it cannot open the spool, it
   * keeps trying, and feeds the worker nothing. Free some space, or delete the folder if it is damaged.
   */
  | { readonly code: "relay/spool-failed"; readonly folder: string; readonly reason: string }
  /** The node's answer does not have the format that the method defines. */
  | { readonly code: "relay/bad-answer"; readonly method: string }
  /** A header from the node is not a child of the block before it. */
  | { readonly code: "relay/broken-chain"; readonly number: number }
  /**
   * Two nodes report different finalized blocks at one height, so at least one of them is wrong or follows a
   * fork. The relay follows neither while they disagree. Find out which node is wrong, and start the relay
   * without it.
   */
  | {
      readonly code: "relay/nodes-disagree";
      readonly number: number;
      readonly node: string;
      /** The finalized hash according to `node`, as hex. */
      readonly hash: string;
      readonly other: string;
      /** The finalized hash according to `other`, as hex. */
      readonly otherHash: string;
    }
  /** Another node's finalized head is far ahead of the followed node's. */
  | { readonly code: "relay/node-lagging"; readonly node: number; readonly other: number }
  /** The relay got no complete reply from the gateway, or the gateway got no reply from its enclave. */
  | { readonly code: "relay/worker-unreachable"; readonly url: string }
  /** The relay cannot read the worker's reply. Use the same version of the relay and the worker. */
  | { readonly code: "relay/bad-reply"; readonly action: string; readonly status: number }
  /** The worker, or the gateway in front of it, refused a call of the relay. */
  | { readonly code: "relay/worker-refused"; readonly action: string; readonly reason: string }
  /** The worker and the node follow different chains. */
  | { readonly code: "relay/wrong-chain"; readonly worker: string; readonly node: string }
  /** The worker has no chain yet and waits for `init_runtime`. */
  | { readonly code: "relay/not-initialized" }
  /**
   * The worker's program cannot read the chain's runtime. `reason` is the error code that says why. Use a
   * newer program, or give the worker runtime metadata on trust with `--told`.
   */
  | { readonly code: "relay/runtime-unreadable"; readonly reason: string }
  /** The node's finalized head is behind the worker's, or behind the block chosen for a checkpoint. */
  | { readonly code: "relay/node-behind"; readonly node: number; readonly worker: number }
  /**
   * An announced change of authorities has not been enacted yet. A checkpoint at this block would need both
   * authority sets.
   */
  | { readonly code: "relay/change-pending"; readonly number: number }
  /**
   * The state after the checkpoint's block has other authorities, or another pending change of authorities,
   * than the checkpoint names.
   */
  | { readonly code: "relay/checkpoint-mismatch"; readonly number: number }
  /**
   * The authorities of the checkpoint did not sign a later block of the node under this set id or a nearby
   * set id, so no worker could continue from the checkpoint.
   */
  | { readonly code: "relay/checkpoint-unsigned"; readonly number: number; readonly setId: bigint }
  /** The node's chain does not contain the checkpoint's block. Use a node of the checkpoint's chain. */
  | { readonly code: "relay/checkpoint-off-chain"; readonly number: number }
  /**
   * The node has no justification with which the checkpoint's authorities could be checked. Wait until a
   * later block is final, choose an earlier block, or use another node.
   */
  | { readonly code: "relay/checkpoint-untried"; readonly number: number }
  /** The worker and the relay follow different parachains, or only one of the two follows a parachain. */
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
  | { readonly code: "relay/no-proof"; readonly from: number }
  /**
   * The node offers no `grandpa_*` methods, and has not stored a justification at or after this block.
   * Without these methods, a node has proofs only of the last block of an authority set, and of one block in
   * each `justification_period` (usually 512 blocks). Wait for the next such block, or give a node that
   * offers the methods.
   */
  | { readonly code: "relay/no-stored-proof"; readonly from: number };

/**
 * An error of a relay, or of the making of a checkpoint. After an error that ends its session, the relay
 * tries again, unless the error is `relay/runtime-unreadable`, or is `relay/wrong-chain` and no other node is
 * left.
 */
export class RelayError extends ProtocolError<RelayErrorDetail> {}

/** The code with which a worker refuses the headers of a fork without a block that it knew as final. */
const contradictsMark = "runtime/contradicts-mark";

const workersCodes: readonly string[] = [
  "relay/worker-unreachable",
  "relay/bad-reply",
  "relay/not-initialized",
];

/**
 * If the code of a worker's refusal begins with one of these areas, the worker or its gateway is the cause,
 * not the node.
 */
const workersAreas: readonly string[] = ["enclave", "executor", "http", "runtime"];

/** Whether the worker caused the error, so that another node would not help. */
export function isWorkersTrouble(error: ProtocolError): boolean {
  if (!(error instanceof RelayError)) return false;
  const { detail } = error;
  if (workersCodes.includes(detail.code)) return true;
  if (detail.code !== "relay/worker-refused" || detail.reason === contradictsMark) return false;
  return workersAreas.includes(detail.reason.split("/")[0] ?? "");
}

/**
 * Whether the error says that data from nodes or from the spool was wrong: the worker refused the data, or
 * the relay could not decode it or found that the headers do not form a chain.
 */
export function blamesContent(error: ProtocolError): boolean {
  return !(error instanceof RelayError) || contentCodes.includes(error.code);
}

const contentCodes: readonly string[] = ["relay/worker-refused", "relay/broken-chain", "relay/bad-answer"];

/**
 * Describes a coded error by its code and facts. The error may be any ProtocolError, because any decoder may
 * reject a dishonest node's answer.
 */
export function describe({ detail }: ProtocolError): string {
  const { code, ...facts } = detail;
  const shown = Object.entries(facts).map(([name, value]) => `${name} ${value}`);
  return shown.length === 0 ? code : `${code} (${shown.join(", ")})`;
}

const sizeCodes: readonly string[] = [
  "relay/answer-too-large",
  "relay/node-response-limit",
  "relay/node-request-limit",
];

/**
 * The codes with which a gateway or a worker refuses a call because of its size. A smaller batch may be
 * accepted.
 */
const sizeReasons: readonly string[] = [
  "http/too-large",
  "json/too-long",
  "codec/too-long",
  "trie/too-large",
  "runtime/queue-full",
];

/** Whether the relay, a node, the gateway or the worker refused a request or an answer for its size. */
export function refusedForSize(error: unknown): boolean {
  if (!(error instanceof RelayError)) return false;
  const { detail } = error;
  if (detail.code === "relay/worker-refused") return sizeReasons.includes(detail.reason);
  return sizeCodes.includes(detail.code);
}

/** Whether the error reports that the worker refused a call and gave this code as the reason. */
export function wasRefused(error: unknown, reason: string): boolean {
  return (
    error instanceof RelayError &&
    error.detail.code === "relay/worker-refused" &&
    error.detail.reason === reason
  );
}
