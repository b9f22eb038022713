/**
 * `dump_states` and `load_states`: the worker's state without the operator's files, sealed like a blob whose
 * key is `dump`.
 */
import { fromHex, toHex } from "@pruntime/core/bytes";
import { joinSealed, splitSealed } from "../store/sealing.ts";
import { askWork, type Handlers } from "./action.ts";

const blobName = "dump";

/** The handlers that write the state out and load it again. */
export const stateHandlers: Handlers<"dump_states" | "load_states"> = {
  *dump_states(enclave) {
    const { dump } = yield* askWork(enclave, { kind: "dump" });
    const { nonce, cipher } = splitSealed(enclave.sealer.seal(blobName, dump));
    return { payload: { data: toHex(cipher), nonce: toHex(nonce) } };
  },

  *load_states(enclave, { data, nonce }) {
    yield* askWork(enclave, {
      kind: "load",
      dump: enclave.sealer.open(blobName, joinSealed(nonce, fromHex(data))),
    });
    return { payload: {} };
  },
};
