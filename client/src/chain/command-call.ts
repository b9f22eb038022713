/** The calls that put a command on a chain. */
import { utf8 } from "@pruntime/core/bytes";
import { encodeCommandRemark } from "@pruntime/core/extrinsics";

/**
 * How a command gets onto a chain: by a call of the pallet `Execution`, or by `System.remark_with_event`,
 * which every Substrate chain has.
 */
export type Via = "pallet" | "remark";

/** A call: the name of its pallet, its own name, and its arguments by their names. */
export interface ChainCall {
  readonly pallet: string;
  readonly name: string;
  readonly args: object;
}

const calls: Readonly<Record<Via, Omit<ChainCall, "args">>> = {
  pallet: { pallet: "Execution", name: "push_command" },
  remark: { pallet: "System", name: "remark_with_event" },
};

/** The name of a call with its pallet, such as `Execution.push_command`. */
export function callName({ pallet, name }: Omit<ChainCall, "args">): string {
  return `${pallet}.${name}`;
}

/** The name, with its pallet, of the call that carries commands. */
export function commandCallName(via: Via): string {
  return callName(calls[via]);
}

/** The call that carries a command. @param payload the bytes, or a text, which is written in UTF-8 */
export function commandCall(via: Via, contractId: number, payload: string | Uint8Array): ChainCall {
  const bytes = typeof payload === "string" ? utf8(payload) : payload;
  const args =
    via === "pallet"
      ? { contract_id: contractId, payload: bytes }
      : { remark: encodeCommandRemark({ contractId, payload: bytes }) };
  return { ...calls[via], args };
}
