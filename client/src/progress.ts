/**
 * What a client knows about the worker's chain: the latest block and chain time of the worker's answers. A v2
 * query names the block, and no later answer may be as of an earlier block or time. So the client notices an
 * answer from a fork, from a copy of the worker that is held back, or from a worker with an older state.
 */
import { equal, toHex } from "@pruntime/core/bytes";
import type { NamedBlock } from "@pruntime/core/channel";
import { jsonHex, jsonObject, jsonU32, jsonU128Text, parseJson } from "@pruntime/core/json";
import type { Statement } from "@pruntime/core/statement";
import { ClientError } from "./error.ts";
import type { ReplicaSet } from "./worker.ts";

/**
 * How a client knows a block: from its own check of finality, from its node, from the worker's latest reply
 * (or that of an earlier session), or only from the anchor, which commits to the genesis block.
 */
export type KnownFrom = "finality" | "node" | "reply" | "anchor";

/** A block that a client knows to be final. */
export interface KnownBlock extends NamedBlock {
  readonly from: KnownFrom;
}

/**
 * The part of a session that an application may store as JSON and give to a later session: the key agreement
 * key and the chain of the worker and its replicas, and the latest block and chain time of their answers. It
 * contains no secret. Bytes are hex.
 */
export interface StoredSession {
  readonly anchor: string;
  readonly block: { readonly hash: string; readonly number: number };
  /** Unix milliseconds, in decimal. */
  readonly chainTimeMs: string;
  readonly ecdhPublicKey: string;
  readonly genesisHash: string;
}

const readSession = jsonObject({
  anchor: jsonHex(32),
  block: jsonObject({ hash: jsonHex(32), number: jsonU32 }),
  chainTimeMs: jsonU128Text,
  ecdhPublicKey: jsonHex(65),
  genesisHash: jsonHex(32),
});

/** Reads the JSON text of a stored session. @throws JsonError */
export function decodeSession(text: string): StoredSession {
  const stored = parseJson(text);
  readSession(stored, "/session");
  return stored as unknown as StoredSession;
}

/** The block and the chain time before which no answer may be. */
export interface Floor {
  readonly block: KnownBlock;
  /** Unix milliseconds. */
  readonly chainTimeMs: bigint;
}

/** The newest block and chain time as of which the worker or a replica has answered. */
export class Progress {
  readonly #replicas: ReplicaSet;
  #floor: Floor;

  /**
   * @throws {@link ClientError} `client/wrong-chain` if `stored` is of another chain, `client/wrong-key` if
   * it is of a worker with another key agreement key; JsonError
   */
  constructor(replicas: ReplicaSet, stored: StoredSession | undefined) {
    this.#replicas = replicas;
    this.#floor = { block: this.genesis, chainTimeMs: 0n };
    if (stored !== undefined) this.#floor = floorOf(replicas, stored);
  }

  /** The genesis block. */
  get genesis(): KnownBlock {
    return { number: 0, hash: this.#replicas.genesisHash, from: "anchor" };
  }

  /** The newest block as of which the worker has answered; the genesis block before the first answer. */
  get latest(): KnownBlock {
    return this.#floor.block;
  }

  /** What a reply to a request that is sent now must reach. */
  get floor(): Floor {
    return this.#floor;
  }

  /** What to store for a later session; `undefined` before the first answer. */
  get stored(): StoredSession | undefined {
    const { block, chainTimeMs } = this.#floor;
    if (block.from === "anchor") return undefined;
    const { anchor, genesisHash, ecdhPublicKey } = this.#replicas;
    return {
      anchor: toHex(anchor),
      block: { hash: toHex(block.hash), number: block.number },
      chainTimeMs: String(chainTimeMs),
      ecdhPublicKey: toHex(ecdhPublicKey),
      genesisHash: toHex(genesisHash),
    };
  }

  /**
   * Notes the block and the chain time of an answer. `floor` is what they had to reach when the request was
   * sent.
   * @throws {@link ClientError} `client/went-back`, `client/forked`
   */
  advance({ block, chainTimeMs: knownTimeMs }: Floor, statement: Statement): void {
    const { dispatchedNumber: number, dispatchedHash: hash, chainTimeMs } = statement;
    if (number < block.number || chainTimeMs < knownTimeMs)
      throw new ClientError({
        code: "client/went-back",
        number,
        known: block.number,
        chainTimeMs,
        knownTimeMs,
      });
    if (number === block.number && !equal(hash, block.hash))
      throw new ClientError({ code: "client/forked", number });
    if (number > this.latest.number || this.latest.from === "anchor")
      this.#floor = { block: { number, hash, from: "reply" }, chainTimeMs };
  }
}

/** The floor of a stored session. @throws as the constructor of {@link Progress} */
function floorOf(replicas: ReplicaSet, stored: StoredSession): Floor {
  const { anchor, block, chainTimeMs, ecdhPublicKey, genesisHash } = readSession({ ...stored }, "/session");
  if (!equal(anchor, replicas.anchor) || !equal(genesisHash, replicas.genesisHash))
    throw new ClientError({ code: "client/wrong-chain" });
  if (!equal(ecdhPublicKey, replicas.ecdhPublicKey)) throw new ClientError({ code: "client/wrong-key" });
  return { block: { ...block, from: "reply" }, chainTimeMs };
}
