/** One hash that names all a worker was told to trust. It stands in every signed statement. */
import { concat, utf8 } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import { writeAuthorityList } from "@pruntime/core/grandpa";
import type { LightClient } from "@pruntime/core/light-client";
import { encode } from "@pruntime/core/scale";
import type { CommandSource } from "./event.ts";

/**
 * blake2b-256 of `"pruntime/anchor/1" ‖ genesis hash(32) ‖ set id u64 ‖ Vec<(authority(32), weight u64)> ‖ source u8 ‖ Option<blake2b-256 of the metadata>`;
 * source is 0 for events, 1 for bodies.
 */
export function anchorOf(
  crypto: Pick<Crypto, "blake2b256">,
  start: LightClient,
  source: CommandSource,
  runtimeMetadata: Uint8Array | undefined,
): Uint8Array {
  const body = encode(start, (w, { genesisHash, authorities }) => {
    w.raw(genesisHash).u64(authorities.setId);
    writeAuthorityList(w, authorities.authorities);
    w.u8(source === "events" ? 0 : 1).option(runtimeMetadata, (out, metadata) => out.raw(crypto.blake2b256(metadata)));
  });
  return crypto.blake2b256(concat(utf8("pruntime/anchor/1"), body));
}
