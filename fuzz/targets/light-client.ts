import { concat, to0x } from "@pruntime/core/bytes";
import { encodeAuthorityList } from "@pruntime/core/grandpa";
import {
  decodeAuthoritySetRecord,
  decodeLightClient,
  encodeLightClient,
  lightSyncCheckpoint,
} from "@pruntime/core/light-client";
import { encode, Writer } from "@pruntime/core/scale";
import { at4, at9, clientAt, root, setOf } from "../../trusted/core/test/warp/chain.ts";
import { canonical, each, type Target, verdict } from "../target.ts";

/**
 * Makes a node's record of authority set 1. The record contains two announced changes, of which the second
 * descends from the first, and the block at which set 0 ended.
 */
function record(): Uint8Array {
  const w = new Writer()
    .raw(encodeAuthorityList(setOf(1).authorities))
    .u64(1n)
    .compact(1);
  const change = (n: number) =>
    concat(
      encodeAuthorityList(setOf(n).authorities),
      encode(n, (w, at) => w.u32(2).u32(at)),
      root.hash,
      Uint8Array.of(0),
    );
  w.raw(root.hash).u32(2).raw(change(2)).compact(1).raw(at9.hash).u32(3).raw(change(3)).compact(0).u8(0);
  return w
    .vec([], () => undefined)
    .compact(1)
    .u64(0n)
    .u32(4)
    .finish();
}

/**
 * Decodes our own dump of a light client, and the record of authorities in a chain specification's
 * `lightSyncState`.
 */
export const target: Target = {
  run: (input) =>
    each(input, {
      dump: (bytes) => canonical(bytes, decodeLightClient(bytes), encodeLightClient),
      record: (bytes) => {
        const state = { finalizedBlockHeader: to0x(at4.encoded), grandpaAuthoritySet: to0x(bytes) };
        return [decodeAuthoritySetRecord(bytes), verdict(() => lightSyncCheckpoint(root.hash, state))];
      },
    }),
  genuine: () => ({
    dump: encodeLightClient(clientAt(at4, 1)),
    pending: encodeLightClient(
      clientAt(at4, 1, [{ announcedAt: 8, enactsAt: 12, authorities: setOf(3).authorities }]),
    ),
    record: record(),
  }),
};
