/**
 * XXH64, and the `twox` hashes that Substrate uses in storage keys. They are not cryptographic hashes.
 * @see https://github.com/Cyan4973/xxHash/blob/v0.8.2/doc/xxhash_spec.md
 */

const prime1 = 0x9e3779b185ebca87n;
const prime2 = 0xc2b2ae3d27d4eb4fn;
const prime3 = 0x165667b19e3779f9n;
const prime4 = 0x85ebca77c2b2ae63n;
const prime5 = 0x27d4eb2f165667c5n;

/** Concatenates `length / 8` XXH64 hashes with the seeds 0, 1, …, each little-endian. */
export function twox(data: Uint8Array, length: 8 | 16): Uint8Array {
  const out = new Uint8Array(length);
  const view = new DataView(out.buffer);
  for (let i = 0; i < length / 8; i++) view.setBigUint64(8 * i, xxh64(data, BigInt(i)), true);
  return out;
}

function xxh64(data: Uint8Array, seed: bigint): bigint {
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  let at = 0;
  let hash = u64(seed + prime5);
  if (data.length >= 32) {
    const lanes = [seed + prime1 + prime2, seed + prime2, seed, seed - prime1].map(u64);
    for (; at + 32 <= data.length; at += 32)
      for (let i = 0; i < 4; i++) lanes[i] = round(lanes[i] as bigint, view.getBigUint64(at + 8 * i, true));
    hash = converge(lanes);
  }
  return avalanche(tail(u64(hash + BigInt(data.length)), view, at));
}

function converge(lanes: readonly bigint[]): bigint {
  const turns = [1n, 7n, 12n, 18n];
  let hash = u64(lanes.reduce((sum, lane, i) => sum + rotate(lane, turns[i] as bigint), 0n));
  for (const lane of lanes) hash = u64((hash ^ round(0n, lane)) * prime1 + prime4);
  return hash;
}

/** Mixes in the last 0 to 31 bytes. */
function tail(start: bigint, view: DataView, from: number): bigint {
  let hash = start;
  let at = from;
  for (; at + 8 <= view.byteLength; at += 8)
    hash = u64(rotate(hash ^ round(0n, view.getBigUint64(at, true)), 27n) * prime1 + prime4);
  if (at + 4 <= view.byteLength) {
    hash = u64(rotate(hash ^ u64(BigInt(view.getUint32(at, true)) * prime1), 23n) * prime2 + prime3);
    at += 4;
  }
  for (; at < view.byteLength; at++)
    hash = u64(rotate(hash ^ u64(BigInt(view.getUint8(at)) * prime5), 11n) * prime1);
  return hash;
}

function avalanche(hash: bigint): bigint {
  let h = u64((hash ^ (hash >> 33n)) * prime2);
  h = u64((h ^ (h >> 29n)) * prime3);
  return h ^ (h >> 32n);
}

function round(lane: bigint, input: bigint): bigint {
  return u64(rotate(u64(lane + input * prime2), 31n) * prime1);
}

function rotate(value: bigint, by: bigint): bigint {
  return u64((value << by) | (value >> (64n - by)));
}

function u64(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}
