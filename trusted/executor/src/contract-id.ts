/** The id of a contract in each of its forms: in memory, as bytes, as a map key, and as text in errors. */
import { to0x } from "@pruntime/core/bytes";
import { CodecError, encode } from "@pruntime/core/scale";
import { toBinary } from "./state/binary.ts";
import type { Codec } from "./state/codec.ts";

/** A u32 for a built-in contract; the 32-byte address of a deployed one. */
export type ContractId = number | Uint8Array;

/**
 * `0x00 ‖ id u32 LE` for a built-in contract, `0x01 ‖ address(32)` for a deployed one. Writing throws
 * CodecError for a number above u32 and for an address of the wrong length, because a path that starts with
 * such an id could belong to another contract.
 */
export const contractId: Codec<ContractId> = {
  read: (r) => {
    const tag = r.u8();
    if (tag > 1) throw r.badTag("ContractId", tag);
    return tag === 0 ? r.u32() : r.take(32).slice();
  },
  write: (w, id) => {
    if (typeof id === "number") return w.u8(0).u32(id);
    if (id.length !== 32) throw new CodecError({ code: "codec/out-of-range", type: "ContractId" });
    return w.u8(1).raw(id);
  },
};

/**
 * The bytes of an id as a string with one character for each byte. Equal ids give equal strings, and no
 * string is a prefix of another. Maps use the string as a key, and the paths of a contract's state begin with
 * this string.
 * @throws CodecError
 */
export function contractKey(id: ContractId): string {
  return toBinary(encode(id, contractId.write));
}

/** The text of an id in errors: the number, or the address as hex with `0x`. */
export function contractText(id: ContractId): string {
  return typeof id === "number" ? String(id) : to0x(id);
}
