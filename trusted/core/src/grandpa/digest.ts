import type { EngineItem, Header } from "../chain/index.ts";
import { decodeAll, encode, type Reader, type Writer } from "../scale/index.ts";
import { type Authority, readAuthorityList, writeAuthorityList } from "./authority.ts";

/**
 * A message from the runtime to GRANDPA in a header's digest.
 * @see https://github.com/paritytech/polkadot-sdk/blob/009c1010aa76648c6a8b2895fa02414212c73b8e/substrate/primitives/consensus/grandpa/src/lib.rs
 * `ConsensusLog`
 */
export type GrandpaDigest =
  | ScheduledChange
  | ForcedChange
  | { readonly kind: "on-disabled"; readonly authorityIndex: bigint }
  | { readonly kind: "pause" | "resume" /** In blocks. */; readonly delay: number };

/**
 * A change of the authority set. It takes effect at the block that is `delay` blocks after the announcing
 * block, when that later block becomes final.
 */
export interface ScheduledChange {
  readonly kind: "scheduled-change";
  readonly nextAuthorities: readonly Authority[];
  readonly delay: number;
}

/**
 * A change of the authority set. It takes effect at the block that is `delay` blocks after the announcing
 * block, even if that later block is not final. `medianLastFinalized` becomes the last block of the old set.
 */
export interface ForcedChange {
  readonly kind: "forced-change";
  readonly medianLastFinalized: number;
  readonly nextAuthorities: readonly Authority[];
  readonly delay: number;
}

/** The engine id of GRANDPA's digest items and justifications. */
export const grandpaEngine = "FRNK";

/**
 * Returns the GRANDPA messages in a header's digest, in order. Only consensus items are GRANDPA messages:
 * seals and pre-runtime items with GRANDPA's engine id are skipped.
 * @throws CodecError for a GRANDPA message that does not decode, because the message might announce the next
 * authority set
 */
export function grandpaDigests(header: Header): readonly GrandpaDigest[] {
  const digests: GrandpaDigest[] = [];
  for (const item of header.digest)
    if (item.kind === "consensus" && item.engine === grandpaEngine)
      digests.push(decodeAll(item.data, readGrandpaDigest));
  return digests;
}

/** Encodes a GRANDPA message as a header digest item. */
export function grandpaDigestItem(digest: GrandpaDigest): EngineItem {
  return { kind: "consensus", engine: grandpaEngine, data: encode(digest, writeGrandpaDigest) };
}

function readGrandpaDigest(r: Reader): GrandpaDigest {
  const tag = r.u8();
  switch (tag) {
    case 1:
      return { kind: "scheduled-change", nextAuthorities: readAuthorityList(r), delay: r.u32() };
    case 2:
      return {
        kind: "forced-change",
        medianLastFinalized: r.u32(),
        nextAuthorities: readAuthorityList(r),
        delay: r.u32(),
      };
    case 3:
      return { kind: "on-disabled", authorityIndex: r.u64() };
    case 4:
      return { kind: "pause", delay: r.u32() };
    case 5:
      return { kind: "resume", delay: r.u32() };
    default:
      throw r.badTag("GrandpaDigest", tag);
  }
}

function writeGrandpaDigest(w: Writer, digest: GrandpaDigest): void {
  switch (digest.kind) {
    case "scheduled-change":
      writeAuthorityList(w.u8(1), digest.nextAuthorities);
      w.u32(digest.delay);
      break;
    case "forced-change":
      writeAuthorityList(w.u8(2).u32(digest.medianLastFinalized), digest.nextAuthorities);
      w.u32(digest.delay);
      break;
    case "on-disabled":
      w.u8(3).u64(digest.authorityIndex);
      break;
    default:
      w.u8(digest.kind === "pause" ? 4 : 5).u32(digest.delay);
  }
}
