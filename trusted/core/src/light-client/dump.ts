import { fixed32 } from "../chain/index.ts";
import { type Authority, readAuthorityList, writeAuthorityList } from "../grandpa/index.ts";
import { decodeAll, encode, type Reader, type Writer } from "../scale/index.ts";
import {
  copyAuthorities,
  type FinalizedHeader,
  type LightClient,
  type PendingChange,
} from "./light-client.ts";

const version = 1;

/**
 * Encodes a light client for sealed state:
 * `1 ‖ genesis hash(32) ‖ finalized header ‖ set id u64 ‖ authorities ‖
 * Vec<(announced u32, delay u32, authorities)>`.
 */
export function encodeLightClient(client: LightClient): Uint8Array {
  return encode(client, (w, { genesisHash, finalized, authorities, pending }) => {
    writeFinalizedHeader(w.u8(version).raw(fixed32(genesisHash)), finalized);
    writeAuthorityList(w.u64(authorities.setId), authorities.authorities);
    w.vec(pending, writePending);
  });
}

/**
 * Decodes the output of {@link encodeLightClient}. The result is trusted from then on, so the caller must
 * know that this worker wrote the bytes.
 * @throws CodecError
 */
export function decodeLightClient(bytes: Uint8Array): LightClient {
  return decodeAll(bytes, (r) => {
    const tag = r.u8();
    if (tag !== version) throw r.badTag("LightClient", tag);
    return {
      genesisHash: readHash(r),
      finalized: readFinalizedHeader(r),
      authorities: { setId: r.u64(), authorities: readAuthorities(r) },
      pending: r.vec(9, readPending, 1),
    };
  });
}

/** Writes one finalized header, 133 bytes. */
export function writeFinalizedHeader(w: Writer, header: FinalizedHeader): void {
  w.u32(header.number).raw(fixed32(header.hash)).raw(fixed32(header.parentHash));
  w.raw(fixed32(header.stateRoot)).raw(fixed32(header.extrinsicsRoot)).bool(header.runtimeUpdated);
}

/**
 * Reads what {@link writeFinalizedHeader} wrote; byte strings are copies of the input.
 * @throws CodecError
 */
export function readFinalizedHeader(r: Reader): FinalizedHeader {
  return {
    number: r.u32(),
    hash: readHash(r),
    parentHash: readHash(r),
    stateRoot: readHash(r),
    extrinsicsRoot: readHash(r),
    runtimeUpdated: r.bool(),
  };
}

/** Writes a pending change: `announced u32 ‖ delay u32 ‖ authorities`. */
export function writePending(w: Writer, { announcedAt, enactsAt, authorities }: PendingChange): void {
  writeAuthorityList(w.u32(announcedAt).u32(enactsAt - announcedAt), authorities);
}

function readPending(r: Reader): PendingChange {
  const announcedAt = r.u32();
  return { announcedAt, enactsAt: announcedAt + r.u32(), authorities: readAuthorities(r) };
}

function readHash(r: Reader): Uint8Array {
  return r.take(32).slice();
}

function readAuthorities(r: Reader): Authority[] {
  return copyAuthorities(readAuthorityList(r));
}
