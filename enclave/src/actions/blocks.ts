/**
 * The actions `sync_block` of May 2020, `sync_header` and `dispatch_block` of September 2020, and newer
 * actions: `sync_para` for parachains, `sync_code` for runtime upgrades, and `stage_header` and `stage_piece`
 * for data that one call cannot carry. `recover_finality` goes on where no proof of finality leads on.
 */
import { fromBase64 } from "@pruntime/core/bytes";
import { askWork, type Handlers, inWordsOf2020, type Words } from "./action.ts";

const blockWords: Words = [
  ["dispatch/bad-block", "Invalid block (err)"],
  ["dispatch/missing-justification", "Missing justification"],
  ["dispatch/genesis-block", "Unexpected block"],
  ["dispatch/extrinsics-mismatch", "Invalid block (err)"],
  ...["finality/", "headers/", "authorities/", "codec/", "trie/"].map(
    (area) => [area, "Light validation vailed"] as const,
  ),
];

const headerWords: Words = [
  ["dispatch/bad-block", "Invalid block"],
  ["dispatch/bad-set-change", "cannot decode authority_set_change"],
  ["dispatch/empty", "No block in the request"],
  ["dispatch/missing-justification", "Missing justification"],
  ["headers/gap", "Incorrect block order"],
  ["headers/wrong-parent", "Incorrect block order"],
  ...["finality/", "headers/", "authorities/", "codec/", "trie/"].map(
    (area) => [area, "Light validation failed"] as const,
  ),
];

const dispatchWords: Words = [
  ["dispatch/bad-block", "Invalid block"],
  ["dispatch/empty", "No block in the request"],
  ["dispatch/gap", "Incorrect block order"],
  ["dispatch/not-final", "Unexpected block"],
  ["dispatch/wrong-header", "Unexpected block"],
  ["dispatch/missing-proof", "Missing field"],
  ["dispatch/wrong-key", "bad storage proof"],
  ["dispatch/events-mismatch", "bad storage proof"],
  ["trie/", "bad storage proof"],
  ...["codec/", "metadata/", "bytes/"].map((area) => [area, "decode events error"] as const),
];

/** The handlers that advance finality and execute the commands of final blocks. */
export const blockHandlers: Handlers<
  | "sync_block"
  | "sync_header"
  | "stage_header"
  | "dispatch_block"
  | "stage_piece"
  | "sync_para"
  | "sync_code"
  | "recover_finality"
> = {
  *sync_block(enclave, { data }) {
    const { syncedTo } = yield* askWork(enclave, { kind: "body", block: data }, blockWords);
    return { payload: { synced_to: syncedTo } };
  },

  *sync_header(enclave, { authority_set_change_b64, headers_b64 }) {
    const headers = headers_b64.map(decodeBlockText);
    const authoritySetChange =
      authority_set_change_b64 == null
        ? undefined
        : inWordsOf2020("cannot decode authority_set_change_b64", () => fromBase64(authority_set_change_b64));
    const { syncedTo } = yield* askWork(
      enclave,
      { kind: "headers", headers, authoritySetChange },
      headerWords,
    );
    return { payload: { synced_to: syncedTo } };
  },

  *stage_header(enclave, { headers_b64: headers, parachain = false }) {
    const { stagedTo } = yield* askWork(enclave, { kind: "stage-headers", headers, parachain });
    return { payload: { staged_to: stagedTo } };
  },

  *recover_finality(enclave, { headers_b64: headers, recovery }) {
    const { syncedTo } = yield* askWork(enclave, { kind: "recover", recovery, headers });
    return { payload: { synced_to: syncedTo } };
  },

  *stage_piece(enclave, { part, offset, total, piece_b64: bytes }) {
    const { staged } = yield* askWork(enclave, { kind: "stage-piece", part, offset, total, bytes });
    return { payload: { staged } };
  },

  *dispatch_block(enclave, { blocks_b64, bodies_b64 = [], staged = [] }) {
    const [blocks, bodies] = [blocks_b64.map(decodeBlockText), bodies_b64.map(decodeBlockText)];
    const event = { kind: "blocks", blocks, bodies, staged } as const;
    const { dispatchedTo, bodiesWanted } = yield* askWork(enclave, event, dispatchWords);
    const wanted = bodiesWanted.length === 0 ? {} : { bodies_wanted: bodiesWanted };
    return { payload: { dispatched_to: dispatchedTo, ...wanted } };
  },

  *sync_para(enclave, { headers_b64: headers, proof_b64: proof }) {
    const { syncedTo } = yield* askWork(enclave, { kind: "para-headers", headers, proof });
    return { payload: { synced_to: syncedTo } };
  },

  *sync_code(enclave, { proof_b64: proof }) {
    const { from, unreadable } = yield* askWork(enclave, { kind: "code", proof });
    return { payload: { from: from ?? null, unreadable: unreadable ?? null } };
  },
};

/**
 * Decodes a header, block or body in the input of `sync_header` or `dispatch_block`.
 * @throws {@link Refusal2020}
 */
function decodeBlockText(text: string): Uint8Array {
  return inWordsOf2020("Failed to parse base64 block", () => fromBase64(text));
}
