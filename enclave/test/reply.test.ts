import { type ActionName, actions, findAction } from "@pruntime/api";
import { fromUtf8 } from "@pruntime/core/bytes";
import { ProtocolError } from "@pruntime/core/errors";
import { describe, expect, it } from "vitest";
import { answered, refused, replyTo } from "../src/reply.ts";
import { start } from "./support/enclave.ts";

const all = actions.map(({ name }) => name);
const anyTime = ["test", "init_runtime", "get_info", "get_status", "set_operator"];
const ofChain = all.filter((name) => !anyTime.includes(name));
const shown = ["get_evidence", "registration_evidence"] as const;
const changing = ofChain.filter((name) => !(shown as readonly ActionName[]).includes(name));
const ofRuntime = ["init_runtime", "set_operator", ...changing] as const;
const ofEvidence = [...shown, "handover_offer", "handover_accept"] as const;

const ofHandover = all.filter((name) => name.startsWith("handover_"));
const ofDump = ["dump_states", "dump_begin", "dump_page"] as const;
const staging = ["stage_header", "stage_piece"] as const;

/** The refusals with a status other than 400, and the actions that can return them. */
const refusals: readonly (readonly [code: string, status: number, by: readonly ActionName[]])[] = [
  ["enclave/bug", 500, all],
  ["enclave/reply-too-large", 500, all],
  ["enclave/dev-only", 403, ["test"]],
  ["enclave/no-interpreter", 503, ["init_runtime", "sync_code"]],
  ["runtime/halted", 503, ofRuntime as readonly ActionName[]],
  ["runtime/not-initialized", 409, ofChain],
  ["runtime/below-mark", 503, [...shown, "query", "set", "get", ...ofDump, ...ofHandover]],
  ["enclave/no-operator", 409, ["registration_evidence"]],
  ["runtime/contradicts-mark", 409, ["sync_header", "sync_block", "sync_para", "recover_finality"]],
  ["runtime/already-initialized", 409, ["init_runtime"]],
  ["runtime/wrong-source", 409, [...staging, "sync_header", "dispatch_block", "sync_block", "sync_code"]],
  ["dispatch/no-memory", 503, ["stage_piece"]],
  ["executor/state-full", 503, ["dispatch_block", "sync_block", "load_states", "load_page"]],
  ["executor/given-up", 409, ["dump_page", "load_page"]],
  ["dump/too-large", 413, ["dump_states"]],
  ["headers/staging-full", 409, ["stage_header"]],
  ["runtime/metadata-outdated", 409, ["dispatch_block"]],
  ["runtime/queue-full", 409, ["sync_header", "sync_para", "recover_finality"]],
  ["recovery/no-keys", 409, ["recover_finality"]],
  ["recovery/other-set", 409, ["recover_finality"]],
  ["runtime/no-parachain", 409, ["sync_para", "stage_header"]],
  ["query/other-session", 409, ["query"]],
  ["quote/unavailable", 503, ofEvidence],
  ["quote/not-offered", 503, ofEvidence],
  ["quote/busy", 503, ofEvidence],
  ["quote/raced", 503, ofEvidence],
  ["quote/too-large", 503, ofEvidence],
  ["quote/unknown-format", 503, ofEvidence],
  ["quote/wrong-report-data", 503, ofEvidence],
];

describe("a coded refusal", () => {
  it.each(refusals)("%s: %i", (code, status, by) => {
    for (const name of by) expect(refused(findAction(name), new ProtocolError({ code })).status).toBe(status);
  });

  it("has no status in the row of an action that cannot return it", () => {
    for (const { name, errors } of actions)
      for (const code of Object.keys(errors))
        expect(refusals.find((one) => one[0] === code)?.[2], `${name}: ${code}`).toContain(name);
  });

  it("has status 400 if the row names none", () =>
    expect(refused(findAction("sync_code"), new ProtocolError({ code: "code/not-due" }))).toMatchObject({
      status: 400,
      code: "code/not-due",
      envelope: "error",
      payload: { message: "code/not-due" },
    }));

  it("has status 404 for an unknown action", () =>
    expect(refused(undefined, new ProtocolError({ code: "enclave/unknown-action" }))).toMatchObject({
      status: 404,
      message: "Unknown action",
    }));
});

describe("a reply", () => {
  const replyOf = (text: string) => {
    const { enclave } = start();
    const call = { id: 1, action: "get_info", hash: new Uint8Array(32) };
    return replyTo(enclave, call, answered(enclave.crypto, { payload: text }), new Map()).at(-1);
  };
  const limit = findAction("get_info")?.maxReplyBytes ?? 0;
  const around = fromUtf8((replyOf("") as { body: Uint8Array }).body).length;

  it("may be as large as its action allows", () =>
    expect(replyOf("x".repeat(limit - around))).toMatchObject({ status: 200, code: undefined }));

  it("enclave/reply-too-large: is a refusal instead, if it would be larger", () =>
    expect(replyOf("x".repeat(limit - around + 1))).toMatchObject({
      status: 500,
      code: "enclave/reply-too-large",
    }));
});
