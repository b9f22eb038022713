/**
 * Warp-sync proofs. For each authority set that has ended, a proof contains the header of the last block that
 * the set finalized, and the justification of that header. A client can thus follow years of a chain with a
 * few thousand headers. Nodes serve these proofs over their own network protocol.
 *
 * `Vec<(Header, Justification)> ‖ is_finished bool`. If a proof is unfinished, the client requests
 * another proof, which starts after the last header.
 * @see https://github.com/paritytech/polkadot-sdk/blob/06b288ad328da5c3996b29a85c4d8f5482f179ef/substrate/client/consensus/grandpa/src/warp_proof.rs
 */
import { type Header, leastHeaderBytes, readHeader } from "../chain/index.ts";
import { type Justification, readJustification, writeJustification } from "../grandpa/index.ts";
import { decodeAll, encode, type Reader } from "../scale/index.ts";
import { WarpError } from "./error.ts";

/** A header and the justification that finalizes it. */
export interface WarpFragment {
  readonly header: Header;
  /** The bytes over which the block hash is computed. */
  readonly encodedHeader: Uint8Array;
  readonly justification: Justification;
  /**
   * The encoded headers directly below `header`, lowest first. They are needed if one of these headers
   * announced the authority change that takes effect at `header`. Nodes do not send these headers.
   */
  readonly before?: readonly Uint8Array[] | undefined;
}

/** A decoded warp-sync proof. Nothing in it has been verified. */
export interface WarpProof {
  readonly fragments: readonly WarpFragment[];
  /** Whether the proof reached the latest block that the node could prove when it made the proof. */
  readonly isFinished: boolean;
}

/**
 * A warp sync proof.
 * @limit bytes
 * @source Polkadot: nodes stop adding fragments at 8 MiB and never send more than 16 MiB
 * @past `warp/too-large`
 */
export const maxWarpProofBytes: number = 16 * 1024 * 1024;

/** The length of the shortest fragment: header, round, target, no votes, no ancestry headers. */
const leastFragmentBytes: number = leastHeaderBytes + 46;

/**
 * Decodes bytes that are exactly one proof; byte strings are views of the input.
 * @param read reads a header; only needed for chains whose headers do not have Substrate's layout
 * @throws {@link WarpError} `warp/too-large`
 * @throws CodecError
 */
export function decodeWarpProof(bytes: Uint8Array, read: (r: Reader) => Header = readHeader): WarpProof {
  if (bytes.length > maxWarpProofBytes)
    throw new WarpError({ code: "warp/too-large", bytes: bytes.length, limit: maxWarpProofBytes });
  return decodeAll(bytes, (r) => ({
    fragments: r.vec(leastFragmentBytes, (r) => readFragment(r, read)),
    isFinished: r.bool(),
  }));
}

/**
 * Returns the SCALE bytes of a proof, as nodes send it: without the headers in `before`.
 * @throws CodecError `codec/out-of-range`
 */
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
