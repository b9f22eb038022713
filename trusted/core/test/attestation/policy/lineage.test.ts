import { describe, expect, it } from "vitest";
import {
  appraiseLineage,
  decodePolicy,
  type Holder,
  holderOf,
  type Lineage,
} from "../../../src/attestation/index.ts";
import { codeOf } from "../../support/code.ts";
import { accepting, at, every, facts, h } from "./facts.ts";

const block = { number: 12, hash: new Uint8Array(32) };

function rules(change: Readonly<Record<string, unknown>>, lineage: Lineage, atMs = at): readonly string[] {
  const policy = decodePolicy(JSON.stringify({ ...accepting, ...change }));
  const reasons = appraiseLineage(policy, lineage, atMs);
  for (const { said } of reasons) expect(said).toContain("at block 12");
  return reasons.map(({ rule }) => rule);
}

const nothing = { sgx: undefined, tdx: undefined, snp: undefined, azure: undefined, ias: undefined };
const none = { ...nothing, simulated: undefined };

describe("appraiseLineage", () => {
  it("accepts keys that no other code held before", () => expect(rules(none, [])).toEqual([]));

  it.each(every)("accepts %s code that the policy accepts now, and no other", (_, authentic) => {
    const holder = holderOf(authentic, block);
    expect(rules({}, [holder])).toEqual([]);
    expect(rules(none, [holder])).toEqual(["lineage"]);
    const names = ["mrtd", "measurement", "launch", authentic.kind === "ias" ? "mrsigner" : "mrenclave"];
    const name = names.find((one) => Object.hasOwn(holder.code, one))!;
    expect(rules({}, [{ ...holder, code: { ...holder.code, [name]: h("ee", 48) } }])).toEqual(["lineage"]);
  });

  it.each(every)("accepts %s code that the field `lineage` names, by any of its facts", (_, authentic) => {
    const holder = holderOf(authentic, block);
    const { kind, code } = holder;
    const [name, value] = Object.entries(code)[0]!;
    const named = (past: object) => rules({ ...none, lineage: [past] }, [holder]);
    expect(named({ kind, code: { [name]: value } })).toEqual([]);
    expect(named({ kind, code })).toEqual([]);
    expect(named({ kind, code: { ...code, more: "1" } })).toEqual(["lineage"]);
    expect(named({ kind: kind === "snp" ? "tdx" : "snp", code })).toEqual(["lineage"]);
    expect(named({ kind, code, notAfter: "2026-06-14" })).toEqual(["lineage"]);
    expect(named({ kind, code, notAfter: "2026-06-15" })).toEqual([]);
  });

  it("judges every entry", () => {
    const [good, bad] = [facts.simulated, { ...facts.simulated, measurements: { measurement: h("00", 32) } }];
    const lineage = [bad, good, bad].map((authentic) => holderOf(authentic, block));
    expect(rules({}, lineage)).toEqual(["lineage", "lineage"]);
    expect(rules({ lineage: null }, lineage)).toEqual([]);
  });

  it("refuses code that ran in debug mode, unless the policy allows it", () => {
    const debug = holderOf({ ...facts.sgx, debug: true }, block);
    expect(rules({}, [debug])).toEqual(["lineage"]);
    expect(rules({ allowDebug: true }, [debug])).toEqual([]);
  });

  it("refuses code that ran in debug mode, unless an entry of the field `lineage` names that", () => {
    const { kind, code, ...debug } = holderOf({ ...facts.sgx, debug: true }, block);
    const named = (facts: object, change = {}) =>
      rules({ ...none, ...change, lineage: [{ kind, code: facts }] }, [{ kind, code, ...debug }]);
    const { mrsigner } = code;
    expect(named({ mrsigner })).toEqual(["lineage"]);
    expect(named({ mrsigner, debug: "true" })).toEqual([]);
    expect(named({ mrsigner }, { allowDebug: true })).toEqual([]);
  });

  it("refuses a version that is too old now", () => {
    const old = holderOf({ ...facts.sgx, isvSvn: 2 }, block);
    expect(rules({}, [old])).toEqual(["lineage"]);
    expect(rules({ lineage: [{ kind: "sgx", code: { isvSvn: "2" } }] }, [old])).toEqual([]);
    expect(rules({}, [holderOf({ ...facts.snp, guestSvn: 2 }, block)])).toEqual(["lineage"]);
    expect(rules({}, [holderOf({ ...facts.ias, isvProdId: 2 }, block)])).toEqual(["lineage"]);
  });

  it("judges a program that only sealed the keys by the section for simulated evidence", () => {
    const sealed = (fill: string): Holder => ({ kind: "sealed", code: { measurement: h(fill, 32) }, block });
    expect(rules({}, [sealed("5d")])).toEqual([]);
    expect(rules({}, [sealed("5e")])).toEqual(["lineage"]);
    expect(rules({ simulated: undefined }, [sealed("5d")])).toEqual(["lineage"]);
    const lineage = [{ kind: "sealed", code: { measurement: h("5d", 32) } }];
    expect(rules({ simulated: undefined, lineage }, [sealed("5d")])).toEqual([]);
  });
});

describe("the field `lineage`", () => {
  it.each([
    ["json/out-of-range", [{ kind: "sgx", code: {} }]],
    ["json/unknown-variant", [{ kind: "other", code: { a: "b" } }]],
    ["json/missing-key", [{ kind: "sgx" }]],
    ["json/unknown-key", [{ kind: "sgx", code: { a: "b" }, until: 3 }]],
    ["json/wrong-type", "any"],
  ])("%s: %j", (code, lineage) =>
    expect(codeOf(() => decodePolicy(JSON.stringify({ version: 1, lineage })))).toBe(code),
  );
});
