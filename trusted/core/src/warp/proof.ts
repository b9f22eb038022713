/**
 * Warp-sync proofs: for each authority set that ended, its last header and the justification of that, so that a chain of years is followed by
 * a few thousand headers. Nodes hand them out over their own network protocol.
 *
 * `Vec<(Header, Justification)> ‖ is_finished bool`; an unfinished proof is to be continued from its last header.
 * @see https://github.com/paritytech/polkadot-sdk/blob/06b288ad328da5c3996b29a85c4d8f5482f179ef/substrate/client/consensus/grandpa/src/warp_proof.rs
 */
import { type Header, leastHeaderBytes, readHeader } from "../chain/index.ts";
import { type Justification, readJustification, writeJustification } from "../grandpa/index.ts";
import { decodeAll, encode, type Reader } from "../scale/index.ts";
import { WarpError } from "./error.ts";

/** A block and why it is final. */
export interface WarpFragment {
  readonly header: Header;
  /** What the block hash is over. */
  readonly encodedHeader: Uint8Array;
  readonly justification: Justification;
}

export interface WarpProof {
  readonly fragments: readonly WarpFragment[];
  /** Nothing later could be proven when the proof was made. */
  readonly isFinished: boolean;
}

/** Nodes stop at 8 MiB and answer at most 16. */
export const maxWarpProofBytes: number = 16 * 1024 * 1024;

/** Header, round, target, no votes, no ancestries. */
const leastFragmentBytes: number = leastHeaderBytes + 46;

/**
 * Reads bytes that are one proof and nothing else; byte strings are views of the input.
 * @param read for chains whose headers have another layout
 * @throws {@link WarpError} `warp/too-large` @throws CodecError
 */
export function decodeWarpProof(bytes: Uint8Array, read: (r: Reader) => Header = readHeader): WarpProof {
  if (bytes.length > maxWarpProofBytes)
    throw new WarpError({ code: "warp/too-large", bytes: bytes.length, limit: maxWarpProofBytes });
  return decodeAll(bytes, (r) => ({
    fragments: r.vec(leastFragmentBytes, (r) => readFragment(r, read)),
    isFinished: r.bool(),
  }));
}

export function encodeWarpProof({ fragments, isFinished }: WarpProof): Uint8Array {
  return encode(fragments, (w, list) => {
    w.vec(list, (w, { encodedHeader, justification }) =>
      writeJustification(w.raw(encodedHeader), justification),
    );
    w.bool(isFinished);
  });
}

function readFragment(r: Reader, read: (r: Reader) => Header): WarpFragment {
  const start = r.offset;
  const header = read(r);
  return { header, encodedHeader: r.bytes.subarray(start, r.offset), justification: readJustification(r) };
}
