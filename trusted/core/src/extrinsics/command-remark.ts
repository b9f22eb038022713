/**
 * Commands on any chain. A command is a `System.remark_with_event` call whose remark is a tag and an
 * envelope. The event states the hash and the sender of the remark, even if the call was nested in a batch or
 * a proxy call. The remark itself is in the block's body. Clients write these remarks, and workers read them.
 */
import { concat, equal, utf8 } from "../bytes/index.ts";
import { encode, Reader } from "../scale/index.ts";

/** A command that a remark carries. */
export interface RemarkCommand {
  readonly contractId: number;
  /** The UTF-8 JSON of an envelope. */
  readonly payload: Uint8Array;
}

/** The first bytes of every remark that is a command. */
export const commandRemarkTag: Uint8Array = utf8("pruntime/command/1:");

const payloadAt = commandRemarkTag.length + 4;

/**
 * The remark that carries a command: `tag ‖ contract id u32 LE ‖ payload`.
 * @throws CodecError `codec/out-of-range` for a contract id that does not fit in a `u32`
 */
export function encodeCommandRemark({ contractId, payload }: RemarkCommand): Uint8Array {
  return concat(
    commandRemarkTag,
    encode(contractId, (w, id) => w.u32(id)),
    payload,
  );
}

/** The command in a remark, or `undefined` if the remark lacks the tag or is too short. */
export function decodeCommandRemark(remark: Uint8Array): RemarkCommand | undefined {
  if (remark.length < payloadAt) return undefined;
  if (!equal(remark.subarray(0, commandRemarkTag.length), commandRemarkTag)) return undefined;
  return {
    contractId: new Reader(remark.subarray(commandRemarkTag.length, payloadAt)).u32(),
    payload: remark.subarray(payloadAt),
  };
}
