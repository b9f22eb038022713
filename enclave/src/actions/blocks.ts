/**
 * The actions `sync_block` of May 2020, `sync_header` and `dispatch_block` of September 2020, and newer
 * actions: `sync_para` for parachains, `sync_code` for runtime upgrades, and `stage_header` and `stage_piece`
 * for data that one call cannot carry. `recover_finality` goes on where no proof of finality leads on.
 */
import { askWork, type Handlers, type Words } from "./action.ts";
import { atField, atItemOf, base64Of, base64OfAll, inWords } from "./base64.ts";

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
    const block = yield* base64Of(data, atField("data"));
    const { syncedTo } = yield* askWork(enclave, { kind: "body", block }, blockWords);
    return { payload: { synced_to: syncedTo } };
  },

  *sync_header(enclave, { authority_set_change_b64, headers_b64 }) {
    const headers = yield* base64OfAll(headers_b64, badBlockText);
    const authoritySetChange =
      authority_set_change_b64 == null
        ? undefined
        : yield* base64Of(authority_set_change_b64, inWords("cannot decode authority_set_change_b64"));
    const { syncedTo } = yield* askWork(
      enclave,
      { kind: "headers", headers, authoritySetChange },
      headerWords,
    );
    return { payload: { synced_to: syncedTo } };
  },

  *stage_header(enclave, { headers_b64, parachain = false }) {
    const headers = yield* base64OfAll(headers_b64, atItemOf("headers_b64"));
    const { stagedTo } = yield* askWork(enclave, { kind: "stage-headers", headers, parachain });
    return { payload: { staged_to: stagedTo } };
  },

  *recover_finality(enclave, { headers_b64, recovery }) {
    const headers = yield* base64OfAll(headers_b64, atItemOf("headers_b64"));
    const { syncedTo } = yield* askWork(enclave, { kind: "recover", recovery, headers });
    return { payload: { synced_to: syncedTo } };
  },

  *stage_piece(enclave, { part, offset, total, piece_b64 }) {
    const bytes = yield* base64Of(piece_b64, atField("piece_b64"));
    const { staged } = yield* askWork(enclave, { kind: "stage-piece", part, offset, total, bytes });
    return { payload: { staged } };
  },

  *dispatch_block(enclave, { blocks_b64, bodies_b64 = [], staged = [] }) {
    const blocks = yield* base64OfAll(blocks_b64, badBlockText);
    const bodies = yield* base64OfAll(bodies_b64, badBlockText);
    const event = { kind: "blocks", blocks, bodies, staged } as const;
    const { dispatchedTo, bodiesWanted } = yield* askWork(enclave, event, dispatchWords);
    const wanted = bodiesWanted.length === 0 ? {} : { bodies_wanted: bodiesWanted };
    return { payload: { dispatched_to: dispatchedTo, ...wanted } };
  },

  *sync_para(enclave, { headers_b64, proof_b64 }) {
    const headers = yield* base64OfAll(headers_b64, atItemOf("headers_b64"));
    const proof = yield* base64OfAll(proof_b64, atItemOf("proof_b64"));
    const { syncedTo } = yield* askWork(enclave, { kind: "para-headers", headers, proof });
    return { payload: { synced_to: syncedTo } };
  },

  *sync_code(enclave, { proof_b64 }) {
    const proof = yield* base64OfAll(proof_b64, atItemOf("proof_b64"));
    const { from, unreadable } = yield* askWork(enclave, { kind: "code", proof });
    return { payload: { from: from ?? null, unreadable: unreadable ?? null } };
  },
};

/** The refusal of a header, block or body that is not base64, by the actions of 2020. */
const badBlockText = inWords("Failed to parse base64 block");
