/** The work of one call pauses while the enclave reads the call and writes the answer, whatever is in it. */
import type { ActionName } from "@pruntime/api";
import { utf8 } from "@pruntime/core/bytes";
import type { Work } from "@pruntime/core/work";
import { describe, expect, it } from "vitest";
import { beginCall } from "../src/call.ts";
import { sealEffects } from "../src/store/records.ts";
import { initialized, metadata, TinyChain } from "./support/chain.ts";
import { type Started, start } from "./support/enclave.ts";

function pausesOf<T>(work: Work<T>): readonly [pauses: number, result: T] {
  for (let pauses = 0; ; pauses++) {
    const { done, value } = work.next();
    if (done === true) return [pauses, value];
  }
}

const callOf = ({ enclave }: Started, action: ActionName, input: unknown) =>
  beginCall(enclave, { id: 1, action, waiting: 0, body: utf8(JSON.stringify({ input, nonce: {} })) });

/** A text of a MiB. The enclave reads it 64 times by 16 KiB: as UTF-8, and as JSON. */
const long = "A".repeat(1 << 20);
const unread = 2 * 64;

const judged = (block: object) => ({
  block: { extrinsic: 0, extrinsic_proof_b64: [], header_b64: "", state_proof_b64: [], ...block },
  challenge: "00".repeat(32),
  nonce: "00".repeat(32),
  other: {
    ecdh_public_key: "00".repeat(65),
    evidence: { kind: "simulated", document_b64: "", signature_b64: "" },
    lineage: [],
    public_key: "00".repeat(33),
    rules: 1,
  },
  own_evidence_hash: "00".repeat(32),
});
const genesis = { bridge_genesis_info_b64: "", skip_ra: true };

describe("a call pauses after 16 KiB of", () => {
  const lists: readonly (readonly [ActionName, string, (texts: readonly string[]) => object])[] = [
    ["sync_header", "headers", (headers_b64) => ({ headers_b64 })],
    ["stage_header", "headers", (headers_b64) => ({ headers_b64 })],
    ["recover_finality", "headers", (headers_b64) => ({ headers_b64, recovery: "{}" })],
    ["dispatch_block", "blocks", (blocks_b64) => ({ blocks_b64 })],
    ["dispatch_block", "bodies", (bodies_b64) => ({ blocks_b64: [], bodies_b64 })],
    ["sync_para", "headers", (headers_b64) => ({ headers_b64, proof_b64: [] })],
    ["sync_para", "nodes of a proof", (proof_b64) => ({ headers_b64: [], proof_b64 })],
    ["sync_code", "nodes of a proof", (proof_b64) => ({ proof_b64 })],
    ["init_runtime", "nodes of a proof", (code_proof_b64) => ({ ...genesis, code_proof_b64 })],
    ["handover_release", "nodes of the state", (state_proof_b64) => judged({ state_proof_b64 })],
    ["handover_release", "nodes of the body", (extrinsic_proof_b64) => judged({ extrinsic_proof_b64 })],
  ];
  const texts: readonly (readonly [ActionName, string, (text: string) => object])[] = [
    ["sync_block", "its block", (data) => ({ data })],
    ["sync_header", "a set change", (change) => ({ headers_b64: [], authority_set_change_b64: change })],
    ["stage_piece", "its piece", (piece_b64) => ({ offset: 0, part: "block", piece_b64, total: 1 })],
    ["set", "its file", (data) => ({ data, path: "/a" })],
    ["load_page", "its page", (page) => ({ id: "00".repeat(16), index: 0, page })],
    ["init_runtime", "the genesis", (info) => ({ ...genesis, bridge_genesis_info_b64: info })],
    ["init_runtime", "the metadata", (text) => ({ ...genesis, runtime_metadata_b64: text })],
    [
      "init_runtime",
      "a parachain's header",
      (header) => ({ ...genesis, parachain: { genesis_header_b64: header, id: 1 } }),
    ],
    ["handover_release", "the header", (header_b64) => judged({ header_b64 })],
  ];
  const fresh = (action: ActionName) =>
    action === "init_runtime" ? start() : initialized(start(), new TinyChain(), metadata);

  it.each([
    ...lists.map(([action, what, input]) => [action, what, input([long])] as const),
    ...texts.map(([action, what, input]) => [action, what, input(long)] as const),
  ])("base64: %s, %s", (action, _, input) => {
    const [pauses] = pausesOf(callOf(fresh(action), action, input));
    expect(pauses).toBeGreaterThanOrEqual(unread + 63);
  });

  it.each(lists)("many short texts: %s, %s", (action, _, input) => {
    const short = new Array<string>(4_000).fill("A".repeat(64));
    const [pauses] = pausesOf(callOf(fresh(action), action, input(short)));
    expect(pauses).toBeGreaterThanOrEqual((2 * 4_000) / 1_024 + 4_000 / 128 - 1);
  });
});

it("a call pauses after 16 KiB of JSON that it ignores, in and outside strings", () => {
  const worker = initialized(start(), new TinyChain(), metadata);
  const ignored = (value: unknown) => pausesOf(callOf(worker, "stage_header", { headers_b64: [], value }))[0];
  const few = ignored("");
  expect(ignored(long) - few).toBeGreaterThanOrEqual(unread);
  expect(ignored("ü".repeat(1 << 19)) - few).toBeGreaterThanOrEqual(64 + 32);
  expect(ignored(new Array<number>(1 << 19).fill(1)) - few).toBeGreaterThanOrEqual(unread);
});

describe("the reply pauses", () => {
  const worker = initialized(start(), new TinyChain(), metadata);
  const pauses = (action: ActionName, input: unknown) => pausesOf(callOf(worker, action, input))[0];

  it("while it is written, also with a file that the call stores", () => {
    // as JSON, as UTF-8, as a JSON string and as UTF-8 again
    expect(pauses("set", { data: long, path: "/a" })).toBeGreaterThanOrEqual(unread + 63 + 4 * 64);
    expect(pauses("get", { path: "/a" })).toBeGreaterThanOrEqual(63 + 4 * 64);
  });

  it("after each record that is sealed", () => {
    const put = (name: string) => ({ kind: "data", name, bytes: new Uint8Array(1) });
    const effects = { puts: ["/a", "/b", "/c"].map(put), drops: [] };
    const [sealed, blobs] = pausesOf(sealEffects(worker.enclave, effects));
    expect([sealed, blobs.size]).toEqual([3, 3]);
  });
});
