import { ProtocolError } from "@pruntime/core/errors";

/** The reasons, each with its code, why a client refuses a worker's reply or cannot complete a call. */
export type ClientErrorDetail =
  /** The worker could not be reached. */
  | { readonly code: "client/unreachable"; readonly url: string }
  /**
   * None of the worker's addresses gave an answer. `reasons` has the code for each address, in the order in
   * which the addresses were tried.
   */
  | { readonly code: "client/no-worker"; readonly reasons: readonly string[] }
  /** The reply is longer than the action allows. The rest of the reply was not read. */
  | { readonly code: "client/reply-too-large"; readonly action: string; readonly limit: number }
  /** The command's JSON has more bytes than a worker accepts. It was not sealed. */
  | { readonly code: "client/command-too-large"; readonly bytes: number; readonly limit: number }
  /** The worker, or the gateway in front of it, refused the call. */
  | {
      readonly code: "client/refused";
      readonly status: number;
      readonly reason: string;
      readonly message: string;
      /** After how many milliseconds the worker may answer, if it says so. */
      readonly retryMs?: number | undefined;
    }
  /** The response is not a reply envelope. */
  | { readonly code: "client/bad-envelope" }
  /** The reply's payload was not signed by the worker's identity key. */
  | { readonly code: "client/bad-signature" }
  /**
   * The reply has no signed statement, so the worker vouches for no block: it has no chain yet, or it has
   * restarted and has not yet reached the highest block that it once verified as final.
   */
  | { readonly code: "client/no-statement" }
  /** The chain or the anchor is not the one that this client expects. */
  | { readonly code: "client/wrong-chain" }
  /**
   * The worker that answers has another key agreement key than the worker that this client accepted, or than
   * the stored session names. A further address must be that of a replica, which got this key in a handover.
   */
  | { readonly code: "client/wrong-key" }
  /**
   * The worker's evidence is authentic, but the client's policy rejects it. `reasons` lists every rule that
   * failed.
   */
  | { readonly code: "client/policy-refused"; readonly reasons: readonly string[] }
  /**
   * The verifier for this kind of evidence could not be loaded, for example because the page's server no
   * longer has it. Load the page again.
   */
  | { readonly code: "client/no-verifier"; readonly kind: string }
  /** The attestation result of this worker has expired. Challenge the worker again. */
  | { readonly code: "client/verdict-expired"; readonly untilMs: number }
  /**
   * The caller requested a reply receipt, but this client has no evidence of the worker that signed the
   * reply, or the worker has not yet sent a reply with a signed statement.
   */
  | { readonly code: "client/no-receipt"; readonly why: string }
  /** The chain time of the reply is unknown, or older than this client allows. */
  | { readonly code: "client/stale"; readonly chainTimeMs: bigint; readonly maxAgeMs: number }
  /** The chain time of the reply is more than a minute ahead of this client's clock. Set the clock. */
  | { readonly code: "client/from-the-future"; readonly chainTimeMs: bigint }
  /**
   * The block or the chain time of this reply is lower than that of an earlier reply: a copy of the worker
   * that is held back has answered, or the worker has restarted and has not yet reached that block again.
   */
  | {
      readonly code: "client/went-back";
      readonly number: number;
      readonly known: number;
      readonly chainTimeMs: bigint;
      readonly knownTimeMs: bigint;
    }
  /**
   * The worker has a different block at the height of a block that this client knows to be final, so one of
   * the two blocks is on a fork. Do not trust the worker's answers, and report this to the operator.
   */
  | { readonly code: "client/forked"; readonly number: number }
  /**
   * The reply is older than this client allows, because the worker's program cannot read the chain's newest
   * runtime. Its operator must start a newer program.
   */
  | { readonly code: "client/runtime-unreadable"; readonly chainTimeMs: bigint; readonly maxAgeMs: number }
  /**
   * The worker and this client have different rules numbers, so they would compute different states and
   * anchors from the same blocks. Use a client and a worker of the same release.
   */
  | { readonly code: "client/other-rules"; readonly worker: number; readonly own: number }
  /** The worker is not initialized, so it follows no chain yet. */
  | { readonly code: "client/not-initialized" }
  /**
   * The given value identifies no account. `want` names the expected form: for example, a development name, a
   * BIP-39 phrase, a seed or an address.
   */
  | { readonly code: "client/bad-account"; readonly want: string }
  /** The wallet or extension cannot sign for this account, or refused to. */
  | { readonly code: "client/cannot-sign"; readonly why: string }
  /** The contract answered with an error. The worker itself worked correctly. */
  | { readonly code: "client/contract-refused"; readonly reason: string }
  /** The contract answered with a page that does not continue the list: its ids do not descend. */
  | { readonly code: "client/bad-page"; readonly before: number }
  /** The block that the worker calls final differs from the one that this client has proven final. */
  | {
      readonly code: "client/not-final";
      readonly number: number;
      readonly have: string;
      readonly want: string;
    }
  /**
   * This client could not prove finality up to the block that the worker names, or the block is older than
   * all blocks that this client remembers.
   */
  | { readonly code: "client/finality-unknown"; readonly number: number }
  /** The chain rejected the transaction, or the transaction failed. */
  | { readonly code: "client/transaction-failed"; readonly reason: string }
  /**
   * The transaction was not in a final block within the time limit. `inBlock` is the number of the block of
   * the best chain that contains the transaction, or null if there is none. The transaction may still become
   * final, so ask for its execution receipt before you send another one.
   */
  | { readonly code: "client/not-finalized"; readonly inBlock: number | null; readonly timeoutMs: number }
  /**
   * The caller's signal ended the push. `after` is the last step that the command had reached. A command that
   * was sealed may be on chain: ask for its execution receipt before you send another one.
   */
  | {
      readonly code: "client/aborted";
      readonly after: "nothing" | "sealed" | "in-block" | "finalized" | "executed";
    }
  /** The chain's metadata does not have this call, or the call takes other arguments. */
  | { readonly code: "client/no-such-call"; readonly call: string }
  /**
   * The node follows another chain than the worker: `node` and `worker` are the hashes of their genesis
   * blocks, in hex. Nothing was sealed or sent, because the worker would never see it. Use a node of the
   * worker's chain.
   */
  | { readonly code: "client/node-on-other-chain"; readonly node: string; readonly worker: string }
  /**
   * There is no global `WebSocket`, as in Node.js before version 22. Give the option `websocketClass`, for
   * example the class of the package `ws`.
   */
  | { readonly code: "client/no-websocket" }
  /** The node could not be reached. */
  | { readonly code: "client/node-unreachable"; readonly url: string }
  /** The node refused this call: it does not support the method, or does not know the block. */
  | { readonly code: "client/node-refused"; readonly method: string; readonly reason: string }
  /** The node's answer is longer than this client reads. */
  | { readonly code: "client/node-answer-too-large"; readonly method: string; readonly limit: number }
  /**
   * The worker gave no execution receipt for a command within the time limit. The command is in the block
   * `blockNumber`, and the worker's latest answer was as of the block `dispatchedNumber`. If the worker is
   * behind the command's block, check its relay.
   */
  | {
      readonly code: "client/not-executed";
      readonly blockNumber: number;
      readonly dispatchedNumber: number;
    }
  /** The awaited result did not arrive within the time limit. */
  | { readonly code: "client/timeout"; readonly what: string };

/** Thrown when a client cannot reach a worker, trust its reply, or use a chain. */
export class ClientError extends ProtocolError<ClientErrorDetail> {}
