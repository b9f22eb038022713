import { ClientError } from "@pruntime/client";
import { accountOf } from "@pruntime/client/chain";
import { toHex } from "@pruntime/core/bytes";
import { describe, expect, it } from "vitest";
import { readRoute } from "../src/route.ts";
import { developmentAccounts, idOfName } from "../src/session/accounts.ts";
import { type Freshness, freshLimits, freshnessOf } from "../src/session/freshness.ts";
import { contactAfter } from "../src/session/session.ts";
import { isLoopback } from "../src/session/trust.ts";
import { type VerdictFacts, verdictOf } from "../src/views/verdict.ts";

const fresh: Freshness = { kind: "fresh", ageMs: 1_000 };
const live = { kind: "live" } as const;

describe("the verdict", () => {
  const title = (facts: Partial<VerdictFacts>) =>
    verdictOf({ contact: live, freshness: fresh, kind: "tdx", from: "own-machine", ...facts }).title;

  it("is `Verified` only for hardware, and only on a page from the user's own machine", () => {
    expect(title({})).toBe("Verified");
    expect(title({ kind: "simulated" })).toBe("Simulated: protects nothing");
    for (const from of ["server", "address", "reader"] as const)
      expect(title({ from })).toMatch(/^Checks pass, but this page came from the worker itself$/);
  });

  it.each([
    [{ contact: { kind: "refused", reason: "x" } }, "Refused"],
    [{ freshness: { kind: "amber", ageMs: 61_000 } }, "Out of date"],
    [{ freshness: { kind: "locked", ageMs: 121_000 } }, "Out of date"],
    [{ contact: { kind: "offline", reason: "x" } }, "The worker does not answer"],
    [{ contact: { kind: "catching-up" } }, "The worker is catching up"],
    [{ kind: undefined, from: undefined, contact: { kind: "connecting" } }, "Checking the worker…"],
    [{ kind: undefined, from: undefined, contact: { kind: "asking" } }, "Which worker do you trust?"],
  ] as const)("is not `Verified` for %j", (facts, expected) => expect(title(facts)).toBe(expected));
});

describe("freshness", () => {
  it.each([
    [0, "unknown"],
    [10_000_000, "fresh"],
    [10_000_000 - freshLimits.amberMs, "fresh"],
    [10_000_000 - freshLimits.amberMs - 1, "amber"],
    [10_000_000 - freshLimits.lockedMs, "amber"],
    [10_000_000 - freshLimits.lockedMs - 1, "locked"],
  ])("of a block at %i ms is %s", (chainTimeMs, kind) =>
    expect(freshnessOf(chainTimeMs, 10_000_000).kind).toBe(kind),
  );
});

describe("an error of a look at the worker", () => {
  const refused = (reason: string) =>
    new ClientError({ code: "client/refused", status: 503, reason, message: "wait" });
  it.each([
    [new ClientError({ code: "client/unreachable", url: "" }), "offline"],
    [new ClientError({ code: "client/stale", chainTimeMs: 0n, maxAgeMs: 1 }), "offline"],
    [refused("http/busy"), "offline"],
    [refused("runtime/below-mark"), "catching-up"],
    [new ClientError({ code: "client/not-initialized" }), "waiting"],
    [new ClientError({ code: "client/wrong-key" }), "refused"],
    [new ClientError({ code: "client/bad-signature" }), "refused"],
    [new ClientError({ code: "client/policy-refused", reasons: ["x"] }), "refused"],
    [new TypeError("x"), "refused"],
  ])("%s leads to %s", (error, kind) => expect(contactAfter(error).kind).toBe(kind));
});

it.each([
  ["localhost", true],
  ["127.0.0.1", true],
  ["[::1]", true],
  ["127.0.0.1.evil.example", false],
  ["192.0.2.1", false],
])("%s is the user's own machine: %s", (name, own) => expect(isLoopback(name)).toBe(own));

it("knows the ids of the development accounts", () => {
  for (const { name, id } of developmentAccounts) expect(toHex(accountOf(`//${name}`).id)).toBe(id);
  expect(idOfName("//bob")).toEqual(accountOf("//Bob").id);
  expect(idOfName("Nemo")).toBeUndefined();
});

it("reads a fragment as a place, and any other text as the first view", () => {
  expect(readRoute("#/explorer?find=12")).toMatchObject({ view: "explorer" });
  expect(readRoute("#/explorer?find=12").parameters.get("find")).toBe("12");
  for (const hash of ["", "#policy=x", "#/../x", "#/<b>"]) expect(readRoute(hash).view).toBe("trust");
});
