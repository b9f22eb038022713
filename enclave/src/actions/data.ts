/** `set` and `get`: DataPlaza's files. */
import { fromBase64, toBase64 } from "@pruntime/core/bytes";
import type { EnclaveError } from "../error.ts";
import { askWork, type Handlers, inWordsOf2020, Refusal2020 } from "./action.ts";

const noData = { code: "enclave/no-data" } satisfies EnclaveError["detail"];

/** The handlers that store and return files. Only the operator may call them. */
export const dataHandlers: Handlers<"get" | "set"> = {
  *set(enclave, { data, path }) {
    const bytes = inWordsOf2020("Failed to decode base64 data", () => fromBase64(data));
    yield* askWork(enclave, { kind: "set-data", path, bytes });
    return { payload: { data, path } };
  },

  *get(enclave, { path }) {
    const { bytes } = yield* askWork(enclave, { kind: "get-data", path });
    if (bytes === undefined) throw new Refusal2020("Data doesn't exist", noData);
    return { payload: { path, value: toBase64(bytes) } };
  },
};
