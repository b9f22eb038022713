/**
 * A hash over everything that a worker trusts from its start. It is part of every signed statement, and a
 * client computes it to know which value to expect.
 */
import { concat, utf8 } from "../bytes/index.ts";
import type { Crypto } from "../crypto/index.ts";
import { writeAuthorityList } from "../grandpa/index.ts";
import { encode } from "../scale/index.ts";
import { writePending } from "./dump.ts";
import type { LightClient } from "./light-client.ts";

/**
 * The source that gives events their meaning: the chain's own code (`proven`), runtime metadata that is
 * trusted without proof (`told`), or none, because commands are read from block bodies (`bodies`).
 */
export type MeaningKind = "proven" | "told" | "bodies";

/**
 * The source that gives events their meaning, with the data that the anchor commits to. Metadata that is
 * trusted without proof is part of the anchor.
 */
export type AnchoredMeaning =
  | { readonly kind: "told"; readonly metadata: Uint8Array }
  | { readonly kind: Exclude<MeaningKind, "told"> };

/**
 * blake2b-256 of
 * `"pruntime/anchor/2" ‖ genesis hash(32) ‖ start hash(32) ‖ set id u64 ‖
 * Vec<(authority(32), weight u64)> ‖
 * Vec<(announced u32, delay u32, Vec<(authority(32), weight u64)>)> of pending changes ‖ meaning u8 ‖
 * Option<blake2b-256 of the metadata> ‖ Option<parachain id u32 ‖ its genesis hash(32)>`,
 * where `meaning` is 0 for `told`, 1 for `bodies` and 2 for `proven`.
 */
export function anchorOf(
  crypto: Pick<Crypto, "blake2b256">,
  start: LightClient,
  meaning: AnchoredMeaning,
  para: { readonly id: number; readonly genesisHash: Uint8Array } | undefined,
): Uint8Array {
  const body = encode(start, (w, { genesisHash, finalized, authorities, pending }) => {
    w.raw(genesisHash).raw(finalized.hash).u64(authorities.setId);
    writeAuthorityList(w, authorities.authorities);
    w.vec(pending, writePending);
    w.u8(tags[meaning.kind]).option(meaning.kind === "told" ? meaning.metadata : undefined, (out, metadata) =>
      out.raw(crypto.blake2b256(metadata)),
    );
    w.option(para, (out, { id, genesisHash }) => out.u32(id).raw(genesisHash));
  });
  return crypto.blake2b256(concat(utf8("pruntime/anchor/2"), body));
}

const tags: Readonly<Record<MeaningKind, number>> = { told: 0, bodies: 1, proven: 2 };
