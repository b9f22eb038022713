/** `set` and `get`: DataPlaza's files. Each is kept as a sealed blob of its own, its path inside the seal. */
import { fromBase64, fromUtf8, toBase64, toHex, utf8 } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import { decodeAll, encode } from "@pruntime/core/scale";
import type { EnclaveError } from "../error.ts";
import { ask, type Handlers, inWordsOf2020, Refusal2020 } from "./action.ts";

/** Names of the blobs begin so. */
export const dataPrefix = "data/";

const noData = { code: "enclave/no-data" } satisfies EnclaveError["detail"];

/** Brings files in, and reads them. */
export const dataHandlers: Handlers<"get" | "set"> = {
  set: (enclave, { data, path }) => {
    const bytes = inWordsOf2020("Failed to decode base64 data", () => fromBase64(data));
    ask(enclave, { kind: "set-data", path, bytes });
    const key = dataKey(enclave.crypto, path);
    return {
      payload: { data, path },
      puts: [{ key, bytes: enclave.sealer.seal(key, encodeFile(path, bytes)) }],
    };
  },

  get: (enclave, { path }) => {
    const { bytes } = ask(enclave, { kind: "get-data", path });
    if (bytes === undefined) throw new Refusal2020("Data doesn't exist", noData);
    return { payload: { path, value: toBase64(bytes) } };
  },
};

/**
 * The host learns which calls are about the same file. It does not learn the file's name unless it guesses
 * it: paths are not secrets.
 */
function dataKey(crypto: Pick<Crypto, "sha256">, path: string): string {
  return `${dataPrefix}${toHex(crypto.sha256(utf8(path)))}`;
}

function encodeFile(path: string, bytes: Uint8Array): Uint8Array {
  return encode(bytes, (w) => w.vecU8(utf8(path)).vecU8(bytes));
}

/** A file as it was kept. @throws CodecError, BytesError */
export function decodeFile(content: Uint8Array): { readonly path: string; readonly bytes: Uint8Array } {
  return decodeAll(content, (r) => ({ path: fromUtf8(r.vecU8()), bytes: r.vecU8().slice() }));
}
