import { decodeAll } from "../scale/index.ts";

/** A command that somebody put on chain for a contract. */
export interface PushCommand2020 {
  readonly contractId: number;
  /** UTF-8 JSON of a payload, plain or sealed; nobody has checked it. */
  readonly payload: Uint8Array;
}

/** `Execution.push_command`: pallet 6, call 1. */
const [executionPallet, pushCommandCall] = [6, 1];

/**
 * Reads `Execution.push_command(contract_id: u32, payload: Vec<u8>)`; `undefined` when it is another call.
 * @throws CodecError when it is that call and not its arguments
 */
export function decodePushCommand2020(call: Uint8Array): PushCommand2020 | undefined {
  if (call[0] !== executionPallet || call[1] !== pushCommandCall) return undefined;
  return decodeAll(call.subarray(2), (r) => ({ contractId: r.u32(), payload: r.vecU8() }));
}
