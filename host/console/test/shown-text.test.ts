import type { GetStatus } from "@pruntime/api";
import type { ComponentChildren, VNode } from "preact";
import { expect, it } from "vitest";
import { Result } from "../src/form.tsx";
import { Failure, Status } from "../src/status.tsx";

const hostile = "\u001b]0;owned\u0007\u009b\u202e\u2066<b>";
const visible = "\\u001b]0;owned\\u0007\\u009b\\u202e\\u2066<b>";

/** The text that an element shows. */
function textOf(shown: ComponentChildren): string {
  if (shown === null || typeof shown === "boolean" || shown === undefined) return "";
  if (Array.isArray(shown)) return shown.map(textOf).join("");
  return typeof shown === "object" ? textOf((shown as VNode).props.children) : String(shown);
}

it("the result of a form shows controls, and begins new lines only where the page does", () =>
  expect(textOf(Result({ id: "ask-result", text: `${hostile}\n\nas of block 3` }))).toBe(
    `${visible}\n\nas of block 3`,
  ));

it("the reason for a failure shows controls", () =>
  expect(textOf(Failure({ reason: hostile }))).toBe(`The worker cannot be verified or reached: ${visible}`));

it("the status shows controls", () => {
  const status = {
    provider: "simulated",
    finalized: null,
    dispatched: null,
    chain_time_ms: "0",
    channel_v1: false,
    authorities: null,
    state_root: hostile,
    measurement: "",
    meaning: "proven",
    policy: null,
    policy_authority: null,
    recovery_keys: null,
    runtime_unreadable: null,
    state_full: null,
  } as unknown as GetStatus;
  const key = new Uint8Array(32);
  const worker = { publicKey: key, ecdhPublicKey: key, genesisHash: key, anchor: key };
  const text = textOf(
    Status({ status, worker, evidence: hostile, origin: "" } as Parameters<typeof Status>[0]),
  );
  expect(text.split(visible)).toHaveLength(3);
  expect(text).not.toContain(hostile);
});
