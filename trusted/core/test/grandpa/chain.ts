/** Builds small chains with forks, and signs votes and justifications for them with deterministic keys. */
import { ed25519 } from "@noble/curves/ed25519.js";
import { type DigestItem, encodeHeader, type Header, headerHash } from "../../src/chain/index.ts";
import { portableCrypto as crypto } from "../../src/crypto/index.ts";
import {
  type Authority,
  type AuthoritySet,
  type Justification,
  precommitMessage,
  type SignedPrecommit,
} from "../../src/grandpa/index.ts";

export interface Block {
  readonly header: Header;
  readonly encoded: Uint8Array;
  readonly hash: Uint8Array;
  readonly number: number;
}

export interface BlockOptions {
  /** A number that makes siblings differ. */
  readonly fork?: number;
  readonly digest?: readonly DigestItem[];
  readonly stateRoot?: Uint8Array;
}

export function bytes32(byte: number): Uint8Array {
  return new Uint8Array(32).fill(byte);
}

function block(header: Header): Block {
  const encoded = encodeHeader(header);
  return { header, encoded, hash: headerHash(crypto, encoded), number: header.number };
}

export function genesis({ fork = 0, digest = [], stateRoot = bytes32(0) }: BlockOptions = {}): Block {
  return block({ parentHash: bytes32(0), number: 0, stateRoot, extrinsicsRoot: bytes32(fork), digest });
}

export function child(
  parent: Block,
  { fork = 0, digest = [], stateRoot = bytes32(0) }: BlockOptions = {},
): Block {
  return block({
    parentHash: parent.hash,
    number: parent.number + 1,
    stateRoot,
    extrinsicsRoot: bytes32(fork),
    digest,
  });
}

/** `count` blocks on top of `parent`, lowest first. */
export function grow(parent: Block, count: number, options?: BlockOptions): Block[] {
  const blocks: Block[] = [];
  let tip = parent;
  for (let i = 0; i < count; i++) {
    tip = child(tip, options);
    blocks.push(tip);
  }
  return blocks;
}

function secret(voter: number): Uint8Array {
  const bytes = bytes32(7);
  new DataView(bytes.buffer).setUint32(0, voter);
  return bytes;
}

const ids = new Map<number, Uint8Array>();

export function voterId(voter: number): Uint8Array {
  const id = ids.get(voter) ?? ed25519.getPublicKey(secret(voter));
  ids.set(voter, id);
  return id;
}

export function authority(voter: number, weight = 1n): Authority {
  return { id: voterId(voter), weight };
}

/** Voters `first`, `first + 1`, … with weight 1 each. */
export function authoritySet(count: number, setId = 5n, first = 0): AuthoritySet {
  return { setId, authorities: Array.from({ length: count }, (_, i) => authority(first + i)) };
}

export const round = 9n;

export interface VoteOptions {
  readonly round?: bigint;
  readonly setId?: bigint;
  /** The block number in the vote. By default, the target's number. */
  readonly number?: number;
}

export function vote(
  voter: number,
  target: Pick<Block, "hash" | "number">,
  options: VoteOptions = {},
): SignedPrecommit {
  const targetNumber = options.number ?? target.number;
  const message = precommitMessage(target.hash, targetNumber, options.round ?? round, options.setId ?? 5n);
  return {
    targetHash: target.hash,
    targetNumber,
    signature: ed25519.sign(message, secret(voter)),
    id: voterId(voter),
  };
}

export function signedBy(voter: number, message: Uint8Array): Uint8Array {
  return ed25519.sign(message, secret(voter));
}

export function justification(
  target: Block,
  precommits: readonly SignedPrecommit[],
  ancestries: readonly Block[] = [],
): Justification {
  const votesAncestries = ancestries.map(({ header }) => header);
  return { round, targetHash: target.hash, targetNumber: target.number, precommits, votesAncestries };
}

/** A justification in which `count` consecutive voters, starting with voter `first`, vote for the block. */
export function unanimous(target: Block, count: number, setId = 5n, first = 0): Justification {
  return justification(
    target,
    Array.from({ length: count }, (_, i) => vote(first + i, target, { setId })),
  );
}
