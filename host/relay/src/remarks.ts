/**
 * What was remarked with an event in a block, for workers that must see all of it. The call may stand inside others (batch, proxy, multisig), so the body is searched
 * for it instead of read: what is found beside real remarks does no harm, the worker looks at hashes.
 */
import { decodeMetadata, findPallet, type RuntimeMetadata } from "@pruntime/core/metadata";
import { CodecError, Reader } from "@pruntime/core/scale";
import type { SubstrateNode } from "./node/node.ts";

/** More than all real remarks of a block can be, together. */
const maxBytes = 16 << 20;

/** Everything in the bodies of blocks `from`…`to` that reads like a `System.remark_with_event`. */
export async function fetchRemarks(node: SubstrateNode, from: number, to: number): Promise<Uint8Array[]> {
  const found: Uint8Array[] = [];
  for (let number = from; number <= to; number++) {
    const { extrinsics, header } = await node.blockAt(number);
    const call = remarkCall(decodeMetadata(await node.metadata(header.hash)));
    if (call !== undefined) for (const extrinsic of extrinsics) found.push(...findRemarks(extrinsic, call));
  }
  return found;
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
export function findRemarks(extrinsic: Uint8Array, [pallet, call]: readonly [pallet: number, call: number]): Uint8Array[] {
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
