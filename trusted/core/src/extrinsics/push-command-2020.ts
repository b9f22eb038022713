import { decodeAll } from "../scale/index.ts";

/** A command that an account submitted on chain for a contract. */
export interface PushCommand2020 {
  readonly contractId: number;
  /** The UTF-8 JSON of an envelope, plain or sealed. The chain does not check this text. */
  readonly payload: Uint8Array;
}

/** `Execution.push_command`: pallet 6, call 1. */
const [executionPallet, pushCommandCall] = [6, 1];

/**
 * Decodes `Execution.push_command(contract_id: u32, payload: Vec<u8>)`. Returns `undefined` for any other
 * call.
 * @throws CodecError when the arguments of `push_command` do not decode
 */
export function decodePushCommand2020(call: Uint8Array): PushCommand2020 | undefined {
  if (call[0] !== executionPallet || call[1] !== pushCommandCall) return undefined;
  return decodeAll(call.subarray(2), (r) => ({ contractId: r.u32(), payload: r.vecU8() }));
}
