/** `set` and `get`: DataPlaza's files. */
import { toBase64Work } from "@pruntime/core/bytes";
import type { EnclaveError } from "../error.ts";
import { askWork, type Handlers, Refusal2020, writePayload } from "./action.ts";
import { base64Of, inWords } from "./base64.ts";

const noData = { code: "enclave/no-data" } satisfies EnclaveError["detail"];

/** The handlers that store and return files. Only the operator may call them. */
export const dataHandlers: Handlers<"get" | "set"> = {
  *set(enclave, { data, path }) {
    const bytes = yield* base64Of(data, inWords("Failed to decode base64 data"));
    const payload = { data, path };
    const written = yield* writePayload(enclave.crypto, payload);
    yield* askWork(enclave, { kind: "set-data", path, bytes });
    return { payload, written };
  },

  *get(enclave, { path }) {
    const { bytes } = yield* askWork(enclave, { kind: "get-data", path });
    if (bytes === undefined) throw new Refusal2020("Data doesn't exist", noData);
    const payload = { path, value: yield* toBase64Work(bytes) };
    return { payload, written: yield* writePayload(enclave.crypto, payload) };
  },
};
