/**
 * A minimal chain with any states, bodies and digests that a test needs. Four authorities with known keys
 * finalize the blocks.
 */
import {
  encodeBlockHeaderWithEvents,
  encodeBridgeInitInfo,
  encodeHeaderToSync,
  encodeSignedBlock,
  type ProvenEvents,
} from "@pruntime/core/bridge-2020";
import { utf8 } from "@pruntime/core/bytes";
import { type DigestItem, encodeHeader, headerHash } from "@pruntime/core/chain";
import { portableCrypto } from "@pruntime/core/crypto";
import { extrinsicsRoot } from "@pruntime/core/extrinsics";
import { encodeJustification, encodeVersionedAuthorityList } from "@pruntime/core/grandpa";
import { encode, Writer } from "@pruntime/core/scale";
import {
  registryPolicyKey,
  systemEventsKey,
  timestampNowKey,
  wellKnownKeys,
} from "@pruntime/core/storage-key";
import { Trie } from "@pruntime/core/trie";
import type { CommittedBlock, Event, Meaning } from "@pruntime/runtime";
import { authoritySet, type Block, bytes32, unanimous } from "../../../core/test/grandpa/chain.ts";

type Of<K extends Event["kind"]> = Extract<Event, { kind: K }>;

export interface BlockContent {
  readonly extrinsics?: readonly Uint8Array[];
  readonly digest?: readonly DigestItem[];
  /** The value of `System.Events`. */
  readonly events?: Uint8Array;
  /** The value of `Timestamp.Now`. */
  readonly now?: Uint8Array;
  readonly code?: Uint8Array;
  readonly pendingCode?: Uint8Array;
  /** The JSON text in `Registry.Policy`. */
  readonly policy?: string;
  /** Other entries of the state. */
  readonly others?: readonly (readonly [Uint8Array, Uint8Array])[];
}

export interface TinyBlock extends Block {
  readonly state: Trie;
  readonly extrinsics: readonly Uint8Array[];
}

export const eventsKey: Uint8Array = systemEventsKey(portableCrypto);
export const nowKey: Uint8Array = timestampNowKey(portableCrypto);
const policyKey: Uint8Array = registryPolicyKey(portableCrypto);
export const milliseconds = (ms: bigint): Uint8Array => encode(ms, (w, value) => w.u64(value));
export const runtimeUpdated: DigestItem = { kind: "runtime-environment-updated" };

const { authorities } = authoritySet(4, 0n);
const others = Array.from({ length: 10 }, (_, i) => [bytes32(11 * i + 1), bytes32(i)] as const);

export class TinyChain {
  readonly blocks: TinyBlock[] = [];

  /**
   * @param fork a number in the genesis state: chains with different numbers have different blocks
   * @param code the value of `:code` in the genesis state
   */
  constructor(fork = 0, code?: Uint8Array, pendingCode?: Uint8Array) {
    const entry = [wellKnownKeys.grandpaAuthorities, encodeVersionedAuthorityList(authorities)] as const;
    const codes = code === undefined ? [] : [[wellKnownKeys.code, code] as const];
    const pending = pendingCode === undefined ? [] : [[wellKnownKeys.pendingCode, pendingCode] as const];
    this.#add(stateOf([entry, [bytes32(255), bytes32(fork)], ...codes, ...pending]), {});
  }

  at(number: number): TinyBlock {
    return this.blocks[number]!;
  }

  grow(content: BlockContent = {}): TinyBlock {
    const entries = [...(content.others ?? [])];
    if (content.events !== undefined) entries.push([eventsKey, content.events]);
    if (content.now !== undefined) entries.push([nowKey, content.now]);
    if (content.code !== undefined) entries.push([wellKnownKeys.code, content.code]);
    if (content.pendingCode !== undefined) entries.push([wellKnownKeys.pendingCode, content.pendingCode]);
    if (content.policy !== undefined)
      entries.push([policyKey, encode(utf8(content.policy), (w, text) => w.vecU8(text))]);
    return this.#add(stateOf(entries), content);
  }

  #add(state: Trie, { extrinsics = [], digest = [] }: BlockContent): TinyBlock {
    const parent = this.blocks.at(-1);
    const header = {
      parentHash: parent?.hash ?? bytes32(0),
      number: this.blocks.length,
      stateRoot: state.root,
      extrinsicsRoot: extrinsicsRoot(portableCrypto, extrinsics),
      digest,
    };
    const encoded = encodeHeader(header);
    const block = {
      header,
      encoded,
      hash: headerHash(portableCrypto, encoded),
      number: header.number,
      state,
      extrinsics,
    };
    this.blocks.push(block);
    return block;
  }

  /** A SCALE `BridgeInitInfo`. */
  genesisInfo(): Uint8Array {
    const { encoded, state } = this.at(0);
    return encodeBridgeInitInfo({
      encodedHeader: encoded,
      authorities,
      proof: state.prove([wellKnownKeys.grandpaAuthorities]),
    });
  }

  init(runtimeMetadata?: Uint8Array): Of<"init"> {
    const meaning: Meaning =
      runtimeMetadata === undefined ? { kind: "bodies" } : { kind: "told", metadata: runtimeMetadata };
    const start = { kind: "genesis", info: this.genesisInfo() } as const;
    return { kind: "init", start, meaning, genesisBalance: { kind: "development" }, channelV1: true };
  }

  justification(number: number, voters = 3): Uint8Array {
    return encodeJustification(unanimous(this.at(number), voters, 0n));
  }

  headers(from: number, to: number): Of<"headers"> {
    const headers = this.blocks.slice(from, to + 1).map(({ encoded, number }) =>
      encodeHeaderToSync({
        encodedHeader: encoded,
        justification: number === to ? this.justification(to) : undefined,
      }),
    );
    return { kind: "headers", headers, authoritySetChange: undefined };
  }

  proven(
    number: number,
    keys: readonly Uint8Array[] = [eventsKey, nowKey, wellKnownKeys.pendingCode],
  ): ProvenEvents & { readonly encodedHeader: Uint8Array } {
    const { encoded, state } = this.at(number);
    return { encodedHeader: encoded, events: state.get(eventsKey), proof: state.prove(keys), key: eventsKey };
  }

  dispatch(from: number, to: number): Of<"blocks"> {
    const blocks = this.blocks
      .slice(from, to + 1)
      .map(({ number }) => encodeBlockHeaderWithEvents(this.proven(number)));
    return { kind: "blocks", blocks };
  }

  /** A block whose extrinsic 0 contains a handover's commitment, with the proofs that workers need. */
  committed(number: number): CommittedBlock {
    const { encoded, state, extrinsics } = this.at(number);
    const keys = extrinsics.map((_, i) => encode(i, (w, index) => w.compact(index)));
    const body = Trie.from(
      { hash: portableCrypto.blake2b256, version: 0 },
      extrinsics.map((bytes, i) => [keys[i]!, bytes] as const),
    );
    return {
      header: encoded,
      extrinsic: 0,
      extrinsicProof: body.prove(keys.slice(0, 1)),
      stateProof: state.prove([policyKey, nowKey]),
    };
  }

  codeProof(number: number): Uint8Array[] {
    return this.at(number).state.prove([wellKnownKeys.code, wellKnownKeys.pendingCode]);
  }

  /**
   * The event with a block and its body. The fields of `other` replace the extrinsics or the justification.
   */
  body(
    number: number,
    other: { extrinsics?: readonly Uint8Array[]; justification?: Uint8Array | undefined } = {},
  ): Of<"body"> {
    const { encoded, extrinsics } = this.at(number);
    const block = { encodedHeader: encoded, extrinsics, justification: this.justification(number), ...other };
    return { kind: "body", block: encodeSignedBlock(block) };
  }
}

function stateOf(entries: readonly (readonly [Uint8Array, Uint8Array])[]): Trie {
  return Trie.from({ hash: portableCrypto.blake2b256, version: 0 }, [...others, ...entries]);
}

/**
 * A length-prefixed signed extrinsic of 2020. The signature is invalid, but workers do not check signatures.
 */
export function extrinsic2020(call: Uint8Array, signer: Uint8Array | number = bytes32(0xa1)): Uint8Array {
  const body = new Writer().u8(0x84);
  if (typeof signer === "number") body.u8(signer);
  else body.u8(0xff).raw(signer);
  body.u8(1).raw(new Uint8Array(64)).u8(0).compact(0).compact(0n).raw(call);
  return encode(body.finish(), (w, bytes) => w.vecU8(bytes));
}

/** A length-prefixed unsigned extrinsic of 2020, as inherents are. */
export function unsigned2020(call: Uint8Array): Uint8Array {
  return encode(call, (w, bytes) => w.vecU8(new Writer().u8(4).raw(bytes).finish()));
}

export function pushCommand2020(contractId: number, payload: Uint8Array): Uint8Array {
  return new Writer().u8(6).u8(1).u32(contractId).vecU8(payload).finish();
}
