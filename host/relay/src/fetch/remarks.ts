/**
 * Finds what was remarked with an event in a block, for workers that must see all of it. The call may be
 * inside other calls (batch, proxy, multisig), so the body is searched instead of decoded. A find counts if
 * its hash is in the events.
 */
import { to0x } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import { decodeMetadata, findPallet, type RuntimeMetadata } from "@pruntime/core/metadata";
import { CodecError, Reader } from "@pruntime/core/scale";
import type { SubstrateNode } from "../node/node.ts";

/** More bytes than all real remarks of a block can have together. */
const maxBytes = 16 << 20;

/**
 * What was remarked with an event in `blocks` (SCALE, consecutive from block `from` on), as far as it is in
 * their bodies and those of `lookBack` blocks before them: a call may be made later than it was put on chain,
 * when it was announced, scheduled or queued.
 */
export async function fetchRemarks(
  node: SubstrateNode,
  crypto: Pick<Crypto, "blake2b256">,
  blocks: readonly Uint8Array[],
  from: number,
  lookBack: number,
): Promise<Uint8Array[]> {
  const call = remarkCall(decodeMetadata(await node.metadata(await node.hashAt(from - 1))));
  if (call === undefined) return [];
  const found = new Map<string, Uint8Array>();
  for (let number = Math.max(1, from - lookBack); number < from + blocks.length; number++) {
    const { extrinsics } = await node.blockAt(number);
    for (const remark of extrinsics.flatMap((extrinsic) => findRemarks(extrinsic, call))) {
      const hash = Buffer.from(crypto.blake2b256(remark));
      if (blocks.some((block) => Buffer.from(block.buffer, block.byteOffset, block.length).includes(hash)))
        found.set(to0x(hash), remark);
    }
  }
  return [...found.values()];
}

/** Pallet and call index of `System.remark_with_event`, if the runtime has it. */
export function remarkCall(metadata: RuntimeMetadata): readonly [pallet: number, call: number] | undefined {
  const system = findPallet(metadata, "System");
  const calls = system?.calls === undefined ? undefined : metadata.types[system.calls]?.definition;
  if (system === undefined || calls?.kind !== "variant") return undefined;
  const call = calls.variants.find(({ name }) => name === "remark_with_event");
  return call && [system.index, call.index];
}

/** Byte strings that follow the two bytes of the call. */
export function findRemarks(
  extrinsic: Uint8Array,
  [pallet, call]: readonly [pallet: number, call: number],
): Uint8Array[] {
  const found: Uint8Array[] = [];
  let bytes = 0;
  for (let at = extrinsic.indexOf(pallet); at >= 0; at = extrinsic.indexOf(pallet, at + 1)) {
    const remark = extrinsic[at + 1] === call ? readBytes(extrinsic.subarray(at + 2)) : undefined;
    if (remark === undefined || bytes + remark.length > maxBytes) continue;
    bytes += remark.length;
    found.push(remark);
  }
  return found;
}

function readBytes(bytes: Uint8Array): Uint8Array | undefined {
  try {
    return new Reader(bytes).vecU8();
  } catch (error) {
    if (error instanceof CodecError) return undefined;
    throw error;
  }
}
