import { type GetStatus, stateFullSentence } from "@pruntime/api";
import { describe, expect, it } from "vitest";
import { rowsOf } from "../src/views/status-rows.ts";

const worker = {
  publicKey: new Uint8Array(33),
  ecdhPublicKey: new Uint8Array(65),
  genesisHash: new Uint8Array(32),
  anchor: new Uint8Array(32),
};
const started = {
  finalized: null,
  dispatched: null,
  chain_time_ms: "0",
  channel_v1: false,
  authorities: null,
  state_root: "",
  measurement: "",
  meaning: "proven",
  policy: null,
  policy_authority: null,
  recovery_keys: null,
  runtime_unreadable: null,
  state_full: null,
} as const;

/** The row of this name, for a worker whose status differs in these fields. */
function row(name: string, fields: Partial<GetStatus>): object | undefined {
  const status = { ...started, ...fields } as GetStatus;
  return rowsOf({ status, worker, evidence: "", origin: "" }).find((each) => each.name === name);
}

describe("the page's table", () => {
  it.each([
    ["proven", /proven code$/],
    ["told", /--told/],
    ["bodies", /^none: /],
    [null, /^–$/],
  ] as const)("says where events get their meaning: %s", (meaning, value) => {
    expect(row("meaning of events", { meaning })).toMatchObject({
      value: expect.stringMatching(value),
      source: "signed",
    });
  });

  it.each([
    [null, "readable"],
    [
      { code: "code/no-metadata", since: 7 },
      "unreadable from block 7 on (code/no-metadata): answers stay as of the block before",
    ],
  ])("says whether the worker's program reads the chain's runtime: %j", (runtime_unreadable, value) => {
    expect(row("chain's runtime", { runtime_unreadable })).toMatchObject({ value, source: "signed" });
  });

  it("says whether the contract state is full, and what the operator can do", () => {
    const full = { bytes: "12", limit: "10", since: 7 };
    const value = (state_full: GetStatus["state_full"]) => row("contract state", { state_full });
    expect(value(null)).toMatchObject({ value: "has room", source: "signed" });
    expect(value(full)).toMatchObject({ value: stateFullSentence(full), source: "signed" });
    expect(stateFullSentence(full)).toMatch(/block 7 .*12 .*10.*nothing is lost.*--enclave-heap/);
  });

  it("names the authority whose policies decide about handovers", () => {
    const named = { policy_authority: "hash:aa" };
    expect(row("policies for handovers", named)).toMatchObject({ value: "hash:aa", source: "signed" });
    expect(row("policies for handovers", {})).toMatchObject({ value: "–" });
  });

  it("names the recovery keys of the anchor", () => {
    const recovery_keys = { keys: ["aa", "bb", "cc"], threshold: 2 };
    expect(row("recovery keys", { recovery_keys })).toMatchObject({ value: "2 of 3: aa bb cc" });
    expect(row("recovery keys", {})).toMatchObject({ value: "none", source: "signed" });
  });
});
