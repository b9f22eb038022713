/** `sync_block` of May 2020, `sync_header` and `dispatch_block` of September 2020, and their successors: `sync_para` for parachains, `sync_code` for runtime upgrades. */
import {
  decodeAuthoritySetChange,
  decodeBlockHeaderWithEvents,
  decodeHeaderToSync,
  decodeSignedBlock,
} from "@pruntime/core/bridge-2020";
import { fromBase64 } from "@pruntime/core/bytes";
import {
  type Json,
  jsonArray,
  jsonBase64,
  jsonNullable,
  jsonObject,
  jsonOptional,
  jsonString,
} from "@pruntime/core/json";
import { type Answer, ask, type Enclave, inWordsOf2020, type Words } from "./action.ts";

const maxItems = 20_000;
const block = jsonObject({ data: jsonBase64() }, "ignored");
const headers = jsonObject(
  {
    authority_set_change_b64: jsonOptional(jsonNullable(jsonString())),
    headers_b64: jsonArray(jsonString(), maxItems),
  },
  "ignored",
);
const blocks = jsonObject(
  {
    blocks_b64: jsonArray(jsonString(), maxItems),
    remarks_b64: jsonOptional(jsonArray(jsonBase64(), maxItems)),
  },
  "ignored",
);
const para = jsonObject(
  { headers_b64: jsonArray(jsonBase64(), maxItems), proof_b64: jsonArray(jsonBase64(), maxItems) },
  "ignored",
);
const code = jsonObject({ proof_b64: jsonArray(jsonBase64(), maxItems) }, "ignored");

const blockWords: Words = [
  ["dispatch/missing-justification", "Missing justification"],
  ["dispatch/genesis-block", "Unexpected block"],
  ["dispatch/extrinsics-mismatch", "Invalid block (err)"],
  ...["finality/", "headers/", "authorities/", "codec/", "trie/"].map(
    (area) => [area, "Light validation vailed"] as const,
  ),
];

export function syncBlock(enclave: Enclave, json: Json): Answer {
  const { data } = block(json, "/input");
  inWordsOf2020("Invalid block (err)", () => decodeSignedBlock(data));
  const { syncedTo } = ask(enclave, { kind: "body", block: data }, blockWords);
  return { payload: { synced_to: syncedTo } };
}

const headerWords: Words = [
  ["dispatch/empty", "No block in the request"],
  ["dispatch/missing-justification", "Missing justification"],
  ["headers/gap", "Incorrect block order"],
  ["headers/wrong-parent", "Incorrect block order"],
  ...["finality/", "headers/", "authorities/", "codec/", "trie/"].map(
    (area) => [area, "Light validation failed"] as const,
  ),
];

export function syncHeader(enclave: Enclave, json: Json): Answer {
  const { authority_set_change_b64, headers_b64 } = headers(json, "/input");
  const encoded = headers_b64.map((text) =>
    inWordsOf2020("Failed to parse base64 block", () => fromBase64(text)),
  );
  for (const header of encoded) inWordsOf2020("Invalid block", () => decodeHeaderToSync(header));
  const change = authority_set_change_b64 == null ? undefined : readChange(authority_set_change_b64);
  const { syncedTo } = ask(
    enclave,
    { kind: "headers", headers: encoded, authoritySetChange: change },
    headerWords,
  );
  return { payload: { synced_to: syncedTo } };
}

function readChange(text: string): Uint8Array {
  const bytes = inWordsOf2020("cannot decode authority_set_change_b64", () => fromBase64(text));
  inWordsOf2020("cannot decode authority_set_change", () => decodeAuthoritySetChange(bytes));
  return bytes;
}

const dispatchWords: Words = [
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

export function dispatchBlock(enclave: Enclave, json: Json): Answer {
  const { blocks_b64, remarks_b64: remarks = [] } = blocks(json, "/input");
  const encoded = blocks_b64.map((text) =>
    inWordsOf2020("Failed to parse base64 block", () => fromBase64(text)),
  );
  for (const item of encoded) inWordsOf2020("Invalid block", () => decodeBlockHeaderWithEvents(item));
  const { dispatchedTo } = ask(enclave, { kind: "blocks", blocks: encoded, remarks }, dispatchWords);
  return { payload: { dispatched_to: dispatchedTo } };
}

export function syncPara(enclave: Enclave, json: Json): Answer {
  const { headers_b64, proof_b64 } = para(json, "/input");
  const { syncedTo } = ask(enclave, { kind: "para-headers", headers: headers_b64, proof: proof_b64 });
  return { payload: { synced_to: syncedTo } };
}

export function syncCode(enclave: Enclave, json: Json): Answer {
  const { proof_b64 } = code(json, "/input");
  const { from } = ask(enclave, { kind: "code", proof: proof_b64 });
  return { payload: { from: from ?? null } };
}
