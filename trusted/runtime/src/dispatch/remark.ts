/**
 * Commands on any chain: `System.remark_with_event` with a tagged envelope. The event contains the hash of
 * the remark and its sender, even if the remark was nested in another call. The remark itself is in the
 * block's body.
 */
import { utf8 } from "@pruntime/core/bytes";
import { Reader } from "@pruntime/core/scale";

/** A remark that is a command: `tag ‖ contract id u32 LE ‖ payload`. */
export interface RemarkCommand {
  readonly contractId: number;
  readonly payload: Uint8Array;
}

/** The first bytes of every remark that is a command. */
export const remarkTag: Uint8Array = utf8("pruntime/command/1:");

/** The command in a remark that begins with the tag, or `undefined` if the remark is too short. */
export function readRemark(remark: Uint8Array): RemarkCommand | undefined {
  const end = remarkTag.length + 4;
  if (remark.length < end) return undefined;
  return {
    contractId: new Reader(remark.subarray(remarkTag.length, end)).u32(),
    payload: remark.subarray(end),
  };
}
