/**
 * Commands on any chain: `System.remark_with_event` with a tagged envelope. The event names the hash of the
 * remark and its sender, even if another call contained the remark. The relay supplies the remark and cannot
 * leave it out.
 */
import { equal, toHex, utf8 } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import { Reader } from "@pruntime/core/scale";
import { DispatchError } from "./error.ts";

/** A remark that is a command: `tag ‖ contract id u32 LE ‖ payload`. */
export interface RemarkCommand {
  readonly contractId: number;
  readonly payload: Uint8Array;
}

/** The first bytes of every remark that is a command. */
export const remarkTag: Uint8Array = utf8("pruntime/command/1:");

/** The command in a remark. `undefined` if the remark is not tagged as a command. */
export function readRemark(remark: Uint8Array): RemarkCommand | undefined {
  const end = remarkTag.length + 4;
  if (remark.length < end || !equal(remark.subarray(0, remarkTag.length), remarkTag)) return undefined;
  return {
    contractId: new Reader(remark.subarray(remarkTag.length, end)).u32(),
    payload: remark.subarray(end),
  };
}

/**
 * The remarks that the relay supplied, by their blake2b-256 hash. Remarks that no event names are ignored.
 */
export class Remarks {
  readonly #byHash: ReadonlyMap<string, Uint8Array>;

  constructor(crypto: Pick<Crypto, "blake2b256">, remarks: readonly Uint8Array[]) {
    this.#byHash = new Map(remarks.map((remark) => [toHex(crypto.blake2b256(remark)), remark]));
  }

  /**
   * The remark with the hash that an event names.
   * @throws {@link DispatchError} `dispatch/missing-remark`: a command could be hidden in it
   */
  of(number: number, hash: Uint8Array): Uint8Array {
    const remark = this.#byHash.get(toHex(hash));
    if (remark === undefined)
      throw new DispatchError({ code: "dispatch/missing-remark", number, hash: hash.slice() });
    return remark;
  }
}
