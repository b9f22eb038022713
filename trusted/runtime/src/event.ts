/**
 * The events that a runtime accepts, and their answers. The host chooses which events it sends, and when. The
 * host cannot make the runtime accept false chain data.
 */
import type { Reply, SignedQuery } from "@pruntime/core/channel";
import type { ErrorDetail } from "@pruntime/core/errors";
import type { BlockPoint, GenesisBalance, PolicyAuthority, RecoveryKeys } from "@pruntime/core/light-client";
import type { HandoverAnswers, HandoverEvent } from "./handover/event.ts";
import type { Effects } from "./keep/record.ts";
import type { BelowMark } from "./mark.ts";

/** Where a worker's commands come from: proven events, or block bodies as in 2020. */
export type CommandSource = "events" | "bodies";

/** Where a worker begins to follow its chain. */
export type StartPoint =
  /** A SCALE `BridgeInitInfo`. */
  | { readonly kind: "genesis"; readonly info: Uint8Array }
  /** The text of a checkpoint in this project's JSON format. */
  | { readonly kind: "checkpoint"; readonly text: string };

/** Where the meaning of events comes from. */
export type Meaning =
  /** Runtime metadata that is trusted, not proven. Its hash is part of the anchor. */
  | { readonly kind: "told"; readonly metadata: Uint8Array }
  /**
   * A read proof of `:code` at the start point or, for a parachain, at its genesis block. If the runtime's
   * system version is 3 or later, the proof also covers `:pending_code`.
   */
  | { readonly kind: "proven"; readonly codeProof: readonly Uint8Array[] }
  /** Commands come from bodies, as in 2020. */
  | { readonly kind: "bodies" };

/** A parachain to follow. The start point is then that of its relay chain. */
export interface ParachainStart {
  readonly id: number;
  /** The SCALE genesis header. It is trusted, not proven, and its hash is part of the anchor. */
  readonly genesisHeader: Uint8Array;
}

/** A message to the runtime. Its bytes are not decoded yet: the event's handler decodes them. */
export type Event =
  /** Sets the trust anchor, once. */
  | {
      readonly kind: "init";
      readonly start: StartPoint;
      readonly meaning: Meaning;
      readonly genesisBalance: GenesisBalance;
      /** Whether the worker runs commands of channel v1. Default: it refuses them. */
      readonly channelV1?: boolean | undefined;
      readonly parachain?: ParachainStart | undefined;
      /** The keys that may sign a new checkpoint. Default: none. */
      readonly recovery?: RecoveryKeys | undefined;
      /** Whose policies decide about handovers. Default: the chain's registry. */
      readonly policyAuthority?: PolicyAuthority | undefined;
    }
  /** SCALE `HeaderToSync`s and, optionally, an `AuthoritySetChange`. */
  | {
      readonly kind: "headers";
      readonly headers: readonly Uint8Array[];
      readonly authoritySetChange: Uint8Array | undefined;
    }
  /**
   * SCALE headers that nothing proves yet, of the chain that GRANDPA finalizes or of the parachain. A later
   * justification or head proves them.
   */
  | {
      readonly kind: "stage-headers";
      readonly headers: readonly Uint8Array[];
      readonly parachain: boolean;
    }
  /** The text of a recovery file, and SCALE headers that lead to the checkpoint in it. */
  | { readonly kind: "recover"; readonly recovery: string; readonly headers: readonly Uint8Array[] }
  /** SCALE headers of the parachain, and a read proof of its head in the relay chain's final state. */
  | {
      readonly kind: "para-headers";
      readonly headers: readonly Uint8Array[];
      readonly proof: readonly Uint8Array[];
    }
  /**
   * SCALE `BlockHeaderWithEvents`s, and bodies (`number u32 ‖ Vec<extrinsic>`) of some of these blocks. The
   * staged parts that `staged` names are added at the ends of the lists. If the event is refused, the worker
   * drops these parts.
   */
  | {
      readonly kind: "blocks";
      readonly blocks: readonly Uint8Array[];
      readonly bodies?: readonly Uint8Array[];
      readonly staged?: readonly StagedPart[];
    }
  /**
   * A piece of a part (a `BlockHeaderWithEvents` or a body) for a later dispatch. The piece starts at
   * `offset`, and the whole part has `total` bytes. Pieces come in order. The piece at offset 0 discards
   * earlier pieces of the same part. A later piece may come again with the same bytes.
   */
  | {
      readonly kind: "stage-piece";
      readonly part: StagedPart;
      readonly offset: number;
      readonly total: number;
      readonly bytes: Uint8Array;
    }
  /**
   * A read proof of `:code` in the state of the dispatched block that changed the runtime. If the runtime's
   * system version is 3 or later, the proof also covers `:pending_code`.
   */
  | { readonly kind: "code"; readonly proof: readonly Uint8Array[] }
  /** One SCALE `SignedBlock`. */
  | { readonly kind: "body"; readonly block: Uint8Array }
  /** The host states how many other networks' calls wait. By default, none waits. */
  | { readonly kind: "query"; readonly query: SignedQuery; readonly waiting?: number }
  | { readonly kind: "set-data"; readonly path: string; readonly bytes: Uint8Array }
  | { readonly kind: "get-data"; readonly path: string }
  /** Names the operator's account, 32 bytes. */
  | { readonly kind: "set-operator"; readonly operator: Uint8Array }
  | { readonly kind: "dump" }
  /** A dump that `dump` returned. */
  | { readonly kind: "load"; readonly dump: Uint8Array }
  | { readonly kind: "dump-begin" }
  /** Asks for the next page of a dump. The pages of a dump have indices from 0 on. */
  | { readonly kind: "dump-page"; readonly id: Uint8Array; readonly index: number }
  /** The next page of a dump with this id, as `dump-page` returned it. */
  | { readonly kind: "load-page"; readonly id: Uint8Array; readonly index: number; readonly page: Uint8Array }
  | HandoverEvent;

/** What the host can send in pieces: a block's header with its events and proof, or a block's body. */
export type StagedPart = "block" | "body";

/** The event of kind `K`. */
export type EventOf<K extends Event["kind"]> = Extract<Event, { readonly kind: K }>;

/** The answer to each kind of event. */
export interface Answers extends HandoverAnswers {
  readonly init: Initialized;
  /** `syncedTo` is the latest finalized block of the chain that GRANDPA finalizes. */
  readonly headers: { readonly syncedTo: number };
  readonly recover: { readonly syncedTo: number };
  /** `syncedTo` is the latest finalized block of the parachain. */
  readonly "para-headers": { readonly syncedTo: number };
  /** `stagedTo` is the last staged block, or the finalized block if no header is staged. */
  readonly "stage-headers": { readonly stagedTo: number };
  readonly blocks: DispatchedBlocks;
  /** How many bytes of the part are staged. */
  readonly "stage-piece": { readonly staged: number };
  readonly body: { readonly syncedTo: number };
  readonly code: LearnedCode;
  readonly query: { readonly reply: Reply };
  readonly "set-data": Done;
  readonly "get-data": { readonly bytes: Uint8Array | undefined };
  readonly "set-operator": Done;
  readonly dump: { readonly dump: Uint8Array };
  readonly load: Done;
  /** The dump's id, 16 bytes, and the last block whose commands the dumped state contains. */
  readonly "dump-begin": { readonly id: Uint8Array; readonly block: BlockPoint };
  readonly "dump-page": { readonly page: Uint8Array; readonly last: boolean };
  /** `done` tells whether this was the last page, so that the dump has replaced the worker's state. */
  readonly "load-page": { readonly done: boolean };
}

/** What a worker learned from a proof of code. Both fields are `undefined` if no new code was due. */
export interface LearnedCode {
  /**
   * The first block whose events have the new meaning. `undefined` if this program cannot read these events.
   */
  readonly from: number | undefined;
  /** The code of the error that stopped this program from reading the new runtime. */
  readonly unreadable: string | undefined;
}

/** The progress that a call with blocks made. */
export interface DispatchedBlocks {
  /** The number of the worker's last dispatched block. */
  readonly dispatchedTo: number;
  /**
   * The numbers of the blocks whose bodies the call lacks. Dispatch stopped before the first of these blocks.
   */
  readonly bodiesWanted: readonly number[];
}

/** The chain that a worker has begun to follow. */
export interface Initialized {
  readonly genesisHash: Uint8Array;
  /** A hash of everything that the worker was given to trust, 32 bytes. */
  readonly anchor: Uint8Array;
  /** Set if the worker starts below its mark. */
  readonly belowMark: BelowMark | undefined;
}

/** The answer to an event that only reports success. */
export interface Done {
  readonly done: true;
}

/**
 * An answer and its effects, or a coded rejection. A rejection changes no state, except that it can drop
 * staged parts.
 */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T; readonly effects: Effects }
  | { readonly ok: false; readonly error: ErrorDetail };

/** The answer to an event of type `E`. */
export type AnswerTo<E extends Event> = Answers[E["kind"]];
