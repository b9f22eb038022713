import { CodecError, type Reader, type Writer } from "../scale/index.ts";

/**
 * One digest item of a block header. Before 2019, tags 1 and 3 marked authority changes and seals. They never
 * occur on a GRANDPA chain and are refused.
 * @see
 * https://github.com/paritytech/polkadot-sdk/blob/04bde5623cea69bcfab2626395ad445fd01a884f/substrate/primitives/runtime/src/generic/digest.rs
 */
export type DigestItem =
  | { readonly kind: "other"; readonly data: Uint8Array }
  | { readonly kind: "changes-trie-root"; readonly root: Uint8Array }
  | EngineItem
  | { readonly kind: "changes-trie-signal"; readonly configuration: ChangesTrieConfiguration | undefined }
  | { readonly kind: "runtime-environment-updated" };

/** A message to or from a consensus engine. Four characters name the engine (`FRNK`, `BABE`, `aura`). */
export interface EngineItem {
  readonly kind: "consensus" | "seal" | "pre-runtime";
  /** Four Latin-1 characters. */
  readonly engine: string;
  readonly data: Uint8Array;
}

/** Configuration of the changes tries that Substrate had until the end of 2021. */
export interface ChangesTrieConfiguration {
  readonly digestInterval: number;
  readonly digestLevels: number;
}

const tags = {
  other: 0,
  "changes-trie-root": 2,
  consensus: 4,
  seal: 5,
  "pre-runtime": 6,
  "changes-trie-signal": 7,
} as const;
const runtimeEnvironmentUpdated: DigestItem = { kind: "runtime-environment-updated" };

/**
 * Reads one digest item; byte strings are views of the input.
 * @throws {@link CodecError}
 */
export function readDigestItem(r: Reader): DigestItem {
  const tag = r.u8();
  switch (tag) {
    case 0:
      return { kind: "other", data: r.vecU8() };
    case 2:
      return { kind: "changes-trie-root", root: r.take(32) };
    case 4:
      return readEngineItem("consensus", r);
    case 5:
      return readEngineItem("seal", r);
    case 6:
      return readEngineItem("pre-runtime", r);
    case 7:
      return readChangesTrieSignal(r);
    case 8:
      return runtimeEnvironmentUpdated;
    default:
      throw r.badTag("DigestItem", tag);
  }
}

function readEngineItem(kind: EngineItem["kind"], r: Reader): EngineItem {
  const [a, b, c, d] = r.take(4) as Uint8Array & [number, number, number, number];
  return { kind, engine: String.fromCharCode(a, b, c, d), data: r.vecU8() };
}

function readChangesTrieSignal(r: Reader): DigestItem {
  const signal = r.u8();
  if (signal !== 0) throw r.badTag("ChangesTrieSignal", signal);
  const configuration = r.option(() => ({ digestInterval: r.u32(), digestLevels: r.u32() }));
  return { kind: "changes-trie-signal", configuration };
}

/**
 * Writes one digest item in SCALE, the inverse of {@link readDigestItem}.
 * @throws {@link CodecError} `codec/out-of-range` for an engine name that is not four Latin-1 characters, a
 * root that is not 32 bytes long, or a number that does not fit in a `u32`
 */
export function writeDigestItem(w: Writer, item: DigestItem): void {
  if (item.kind === "runtime-environment-updated") {
    w.u8(8);
    return;
  }
  w.u8(tags[item.kind]);
  switch (item.kind) {
    case "other":
      w.vecU8(item.data);
      break;
    case "changes-trie-root":
      w.raw(fixed32(item.root));
      break;
    case "changes-trie-signal":
      w.u8(0).option(item.configuration, (_, c) => w.u32(c.digestInterval).u32(c.digestLevels));
      break;
    default:
      writeEngine(w, item.engine);
      w.vecU8(item.data);
  }
}

function writeEngine(w: Writer, engine: string): void {
  if (engine.length !== 4) throw new CodecError({ code: "codec/out-of-range", type: "engine" });
  for (let i = 0; i < 4; i++) w.u8(engine.charCodeAt(i));
}

/**
 * Checks that `bytes` is 32 bytes long, and returns it unchanged.
 * @throws {@link CodecError} `codec/out-of-range` for any other length
 */
export function fixed32(bytes: Uint8Array): Uint8Array {
  if (bytes.length !== 32) throw new CodecError({ code: "codec/out-of-range", type: "[u8; 32]" });
  return bytes;
}
