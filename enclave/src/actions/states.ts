/**
 * The actions that export and import the worker's state, without the operator's files. Exports are sealed
 * like blobs: a whole state under the key `dump`, and a page under `dump/<id in hex>/<index>`, so that pages
 * of two exports, or two pages of one, cannot be exchanged.
 */
import { fromBase64Work, fromHexWork, toBase64Work, toHex, toHexWork } from "@pruntime/core/bytes";
import { joinSealed, splitSealed } from "../store/sealing.ts";
import { askWork, type Handlers, writePayload } from "./action.ts";

const blobName = "dump";

function pageName(id: Uint8Array, index: number): string {
  return `${blobName}/${toHex(id)}/${index}`;
}

/** The handlers that write the state out and load it again. */
export const stateHandlers: Handlers<
  "dump_states" | "load_states" | "dump_begin" | "dump_page" | "load_page"
> = {
  *dump_states(enclave) {
    const { dump } = yield* askWork(enclave, { kind: "dump" });
    const { nonce, cipher } = splitSealed(enclave.sealer.seal(blobName, dump));
    const payload = { data: yield* toHexWork(cipher), nonce: toHex(nonce) };
    return { payload, written: yield* writePayload(enclave.crypto, payload) };
  },

  *load_states(enclave, { data, nonce }) {
    const dump = enclave.sealer.open(blobName, joinSealed(nonce, yield* fromHexWork(data)));
    yield* askWork(enclave, { kind: "load", dump });
    return { payload: {} };
  },

  *dump_begin(enclave) {
    const { id, block } = yield* askWork(enclave, { kind: "dump-begin" });
    return { payload: { id: toHex(id), block: { hash: toHex(block.hash), number: block.number } } };
  },

  *dump_page(enclave, { id, index }) {
    const { page, last } = yield* askWork(enclave, { kind: "dump-page", id, index });
    yield;
    const sealed = enclave.sealer.seal(pageName(id, index), page);
    const payload = { last, page: yield* toBase64Work(sealed) };
    return { payload, written: yield* writePayload(enclave.crypto, payload) };
  },

  *load_page(enclave, { id, index, page: sealed }) {
    const page = enclave.sealer.open(pageName(id, index), yield* fromBase64Work(sealed));
    yield;
    return { payload: yield* askWork(enclave, { kind: "load-page", id, index, page }) };
  },
};
