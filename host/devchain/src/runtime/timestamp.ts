/** The one inherent: `Timestamp.set`, first in every block. */
import { decodeAll, encode, readCompact } from "@pruntime/core/scale";

const [bareVersion, timestampPallet, setCall] = [4, 1, 0];

/** A bare extrinsic of version 4, with its length prefix. */
export function timestampInherent(timeMs: bigint): Uint8Array {
  const extrinsic = encode(timeMs, (w, now) =>
    w.u8(bareVersion).u8(timestampPallet).u8(setCall).compact(now),
  );
  return encode(extrinsic, (w, bytes) => w.vecU8(bytes));
}

/** The time an inherent sets, in Unix milliseconds. @throws CodecError */
export function readTimestamp(inherent: Uint8Array): bigint {
  return decodeAll(
    decodeAll(inherent, (r) => r.vecU8()),
    (r) => {
      r.take(3);
      return readCompact(r);
    },
  );
}
