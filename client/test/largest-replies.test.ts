/** Tests that a client can read the largest legal reply to every action. */
import { actions, findAction, maxFrameBytes } from "@pruntime/api";
import { unverifiedReply } from "@pruntime/client";
import { evidenceLimits, maxLineage } from "@pruntime/core/attestation";
import { toBase64, utf8 } from "@pruntime/core/bytes";
import {
  maxAnswerBytes,
  openReply,
  type ReplySession,
  type ReplyTo,
  replyJson,
  sealReply,
} from "@pruntime/core/channel";
import { portableCrypto as crypto } from "@pruntime/core/crypto";
import { canonicalJson, type Json, type JsonObject, parseJson } from "@pruntime/core/json";
import { maxRecoveryKeys } from "@pruntime/core/light-client";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defaultDataLimits } from "../../trusted/executor/src/built-in/data-plaza/index.ts";
import { maxLinkLength } from "../../trusted/interfaces/src/index.ts";

/** The body of a reply, as the enclave and the gateway write it. */
function bodyOf(payload: Json, collateral?: JsonObject): Uint8Array {
  const envelope = { payload: canonicalJson(payload), signature: "f".repeat(128), status: "ok" };
  return utf8(canonicalJson(collateral === undefined ? envelope : { collateral, ...envelope }));
}

const hex = (bytes: number) => "f".repeat(2 * bytes);
const u32 = 0xffff_ffff;
const block = { hash: hex(32), number: u32 };
/** The text of a given length that grows most when it is written as JSON again and again. */
const worst = (length: number) => "\u0001".repeat(length);
const keys = { ecdh_public_key: hex(65), public_key: hex(33) };
const queryKey = { public_key: hex(65), signature: hex(64) };
const largestEvidence = {
  kind: "dstack",
  event_log: worst(evidenceLimits.eventLog),
  quote_b64: toBase64(new Uint8Array(evidenceLimits.quote)),
};
const certificate = toBase64(new Uint8Array(evidenceLimits.certificate));
const largestCollateral = {
  collateral: worst(evidenceLimits.collateral),
  chain_b64: Array<string>(evidenceLimits.certificates).fill(certificate),
};
const file = toBase64(new Uint8Array(defaultDataLimits.maxFileBytes));
const path = worst(maxLinkLength);
const facts = Array.from({ length: 32 }, (_, i) => [`${i}`.padStart(32, "n"), "f".repeat(128)]);
const longestLineage = Array.from({ length: maxLineage }, () => ({
  block: { hash: hex(32), number: u32 },
  code: Object.fromEntries(facts) as JsonObject,
  kind: "simulated",
}));
const handover = {
  ...keys,
  evidence: largestEvidence,
  lineage: longestLineage,
  nonce: hex(32),
  rules: u32,
};

/** The largest payloads. The reply to a query has tests of its own. */
const largest: Record<string, Json> = {
  test: {},
  init_runtime: {
    attestation: {
      payload: { report: canonicalJson(largestEvidence), signature: "", signing_cert: "" },
      provider: worst(64),
      version: u32,
    },
    ...keys,
  },
  get_info: { blocknum: u32, initialized: false, ...keys },
  dump_states: { data: "f".repeat(2 * ((4 << 20) + 5 + 16)), nonce: hex(12) },
  load_states: {},
  dump_begin: { block, id: hex(16) },
  dump_page: { last: false, page: toBase64(new Uint8Array((512 << 10) + 34)) },
  load_page: { done: false },
  sync_block: { synced_to: u32 },
  set: { data: file, path },
  get: { path, value: file },
  sync_header: { synced_to: u32 },
  dispatch_block: { bodies_wanted: Array<number>(20_000).fill(u32), dispatched_to: u32 },
  sync_para: { synced_to: u32 },
  sync_code: { from: u32, unreadable: worst(64) },
  stage_header: { staged_to: u32 },
  recover_finality: { synced_to: u32 },
  stage_piece: { staged: u32 },
  get_status: {
    anchor: hex(32),
    authorities: { count: u32, set_id: "9".repeat(20) },
    below_mark: false,
    chain_time_ms: "9".repeat(20),
    channel_v1: false,
    command_source: "events",
    contracts: Array<Json>(1_000).fill({ id: u32, name: worst(32) }),
    dispatched: block,
    finalized: block,
    genesis_balance: worst(128),
    genesis_hash: hex(32),
    initialized: false,
    mark: { finalized: block, parachain: block, set_id: "9".repeat(20) },
    meaning: "proven",
    measurement: hex(32),
    parachain: { id: u32, relay: block },
    policy: { serial: u32, since_ms: "9".repeat(20) },
    policy_authority: worst(128),
    provider: worst(64),
    query_key: queryKey,
    query_life: u32,
    rules: u32,
    recovery_keys: { keys: Array<Json>(maxRecoveryKeys).fill(hex(32)), threshold: u32 },
    runtime_unreadable: { code: worst(64), since: u32 },
    staged: block,
    state_full: { bytes: "9".repeat(20), limit: "9".repeat(20), since: u32 },
    state_root: hex(32),
    version: worst(64),
    ...keys,
  },
  get_evidence: {
    anchor: hex(32),
    evidence: largestEvidence,
    genesis_hash: hex(32),
    lineage: longestLineage,
    nonce: hex(32),
    operator: hex(32),
    provider: worst(64),
    query_key: queryKey,
    ...keys,
  },
  handover_begin: { challenge: hex(32) },
  handover_offer: { challenge: hex(32), ...handover },
  handover_accept: handover,
  handover_release: { sealed_b64: toBase64(new Uint8Array(1_024)) },
  handover_complete: { ecdh_public_key: hex(65) },
  set_operator: { operator: hex(32) },
  registration_evidence: {
    anchor: hex(32),
    evidence: largestEvidence,
    lineage: longestLineage,
    operator: hex(32),
    ...keys,
  },
};

describe("the largest reply", () => {
  it.each(Object.entries(largest))("to %s is one that a client reads", (name, payload) => {
    const row = findAction(name)!;
    const body = bodyOf(payload, row.showsEvidence === true ? largestCollateral : undefined);
    const reply = { status: 200, body, header: () => undefined };
    expect(unverifiedReply(row, reply).payload).toBe(canonicalJson(payload));
  });

  it("to get_status names no more recovery keys than an anchor may", () => {
    const keys = Array<Json>(maxRecoveryKeys + 1).fill(hex(32));
    const more = { ...(largest["get_status"] as JsonObject), recovery_keys: { keys, threshold: u32 } };
    const reply = { status: 200, body: bodyOf(more), header: () => undefined };
    expect(() => unverifiedReply(findAction("get_status")!, reply)).toThrow();
  });

  it("is known for every action", () =>
    expect([...Object.keys(largest), "query"].sort()).toEqual(actions.map(({ name }) => name).sort()));

  it("to any action fits into a frame", () => {
    for (const { name, maxReplyBytes } of actions) expect(maxReplyBytes, name).toBeLessThan(maxFrameBytes);
  });
});

describe("the reply to a query", () => {
  const row = findAction("query")!;
  const aead = crypto.aes256Gcm(new Uint8Array(32).fill(7));
  const iv = new Uint8Array(12).fill(3);
  const channels: [ReplyTo, ReplySession][] = [
    [{ kind: "plain" }, { kind: "plain" }],
    [
      { kind: "v1", aead, publicKey: new Uint8Array(65) },
      { kind: "v1", aead, requestIv: new Uint8Array(12) },
    ],
    [
      { kind: "v2", aead },
      { kind: "v2", aead },
    ],
  ];

  it.each(channels)(
    "property: of any answer that fits is one that a client reads: %o",
    (replyTo, session) => {
      const unit = fc.constantFrom("x", '"', "\\", "\u0001", "\n", "雷", "😀", "[]", "{}");
      fc.assert(
        fc.property(fc.array(unit, { minLength: 1, maxLength: 4 }), (units) => {
          const once = utf8(canonicalJson(units.join(""))).length - 2;
          const answer = canonicalJson(units.join("").repeat(Math.floor((maxAnswerBytes - 2) / once)));
          expect(utf8(answer).length).toBeLessThanOrEqual(maxAnswerBytes);
          const body = bodyOf(replyJson(sealReply(replyTo, iv, answer)));
          const { value } = unverifiedReply(row, { status: 200, body, header: () => undefined });
          expect(parseJson(openReply(session, value as never))).toBe(
            units.join("").repeat(Math.floor((maxAnswerBytes - 2) / once)),
          );
        }),
        { numRuns: 40 },
      );
    },
  );
});
