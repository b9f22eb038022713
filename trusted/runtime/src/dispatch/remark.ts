/**
 * Commands on any chain: `System.remark_with_event` with a tagged envelope. The event names the sender, whatever call stood around the remark, and the hash of
 * what was said; what was said comes from the relay, which cannot leave any of it out.
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

/** What a remark that is a command begins with. */
export const remarkTag: Uint8Array = utf8("pruntime/command/1:");

/** The command in a remark, or `undefined` when it says something else. */
export function readRemark(remark: Uint8Array): RemarkCommand | undefined {
  const end = remarkTag.length + 4;
  if (remark.length < end || !equal(remark.subarray(0, remarkTag.length), remarkTag)) return undefined;
  return {
    contractId: new Reader(remark.subarray(remarkTag.length, end)).u32(),
    payload: remark.subarray(end),
  };
}

/** Remarks that the relay supplied, by blake2b-256. Spare ones say nothing. */
export class Remarks {
  readonly #byHash: ReadonlyMap<string, Uint8Array>;

  constructor(crypto: Pick<Crypto, "blake2b256">, remarks: readonly Uint8Array[]) {
    this.#byHash = new Map(remarks.map((remark) => [toHex(crypto.blake2b256(remark)), remark]));
  }

  /** What an event's hash is of. @throws {@link DispatchError} `dispatch/missing-remark`: without it a command could be hidden */
  of(number: number, hash: Uint8Array): Uint8Array {
    const remark = this.#byHash.get(toHex(hash));
    if (remark === undefined)
      throw new DispatchError({ code: "dispatch/missing-remark", number, hash: hash.slice() });
    return remark;
  }
}
