import { describe, expect, it } from "vitest";
import {
  decodeLineage,
  encodeLineage,
  codeOf as factsOf,
  type Holder,
  holderOf,
  lineageWith,
  maxLineage,
} from "../../src/attestation/index.ts";
import { fromUtf8, utf8 } from "../../src/bytes/index.ts";
import { codeOf } from "../support/code.ts";
import { facts, h } from "./policy/facts.ts";

const block = (number: number) => ({ number, hash: new Uint8Array(32).fill(number) });
const holder = (fill: number, at = fill): Holder => ({
  kind: "simulated",
  code: { measurement: String(fill) },
  block: block(at),
});

describe("lineageWith", () => {
  it("adds a holder at the end", () =>
    expect(lineageWith([holder(1)], holder(2))).toEqual([holder(1), holder(2)]));

  it("counts code once, with the last block at which it held the keys", () =>
    expect(lineageWith([holder(1), holder(2)], holder(1, 9))).toEqual([holder(2), holder(1, 9)]));

  it("counts code of another kind with the same measurement separately", () => {
    const sealed = { ...holder(1), kind: "sealed" } as const;
    expect(lineageWith([holder(1)], sealed)).toEqual([holder(1), sealed]);
  });

  it("lineage/full: refuses the 65th code, but not one that held the keys before", () => {
    const full = Array.from({ length: maxLineage }, (_, i) => holder(i));
    expect(codeOf(() => lineageWith(full, holder(maxLineage)))).toBe("lineage/full");
    expect(lineageWith(full, holder(0, 70))).toHaveLength(maxLineage);
    expect(lineageWith(full.slice(1), holder(maxLineage))).toHaveLength(maxLineage);
  });

  it.each([
    ["empty", ""],
    ["longer than 64 bytes", h("a0", 65)],
  ])("json/out-of-range: refuses a dstack guest with an event that is %s", (_, event) => {
    const guest = { ...facts.dstack, events: { ...facts.dstack.events, "app-id": event } };
    expect(codeOf(() => lineageWith([], holderOf(guest, block(3))))).toBe("json/out-of-range");
    expect(lineageWith([], holderOf(facts.dstack, block(3)))).toHaveLength(1);
  });
});

describe("holderOf", () => {
  it.each([
    ["sgx", { mrenclave: h("5e", 32), mrsigner: h("51", 32), isvProdId: "4", isvSvn: "3" }],
    ["ias", { mrenclave: h("1a", 32), mrsigner: h("15", 32), isvProdId: "1", isvSvn: "2" }],
    ["tdx", facts.tdx.measurements],
    ["dstack", { ...facts.dstack.measurements, ...facts.dstack.events }],
    ["snp", { measurement: h("c0", 48), guestSvn: "3" }],
    ["simulated", { measurement: h("5d", 32) }],
  ] as const)("keeps the facts by which a policy recognizes code: %s", (kind, code) =>
    expect(holderOf(facts[kind], block(3))).toEqual({ kind, code, block: block(3) }),
  );

  it("keeps the launch measurement and the PCRs of an Azure guest", () => {
    const { hardware, pcrs } = facts["azure-tdx"];
    const { code } = holderOf(facts["azure-tdx"], block(3));
    expect(code["launch"]).toBe(hardware.measurements["mrtd"]);
    expect(factsOf(facts["azure-snp"])["launch"]).toBe(h("c0", 48));
    for (const [number, digest] of Object.entries(pcrs)) expect(code[`pcr${number}`]).toBe(digest);
  });

  it("keeps no event that could pass for a register, and says whether code ran in debug mode", () => {
    const events = { mrtd: h("ff", 48), other: "00" };
    expect(holderOf({ ...facts.dstack, events }, block(3)).code).toEqual(facts.dstack.measurements);
    expect(holderOf({ ...facts.tdx, debug: true }, block(3)).code["debug"]).toBe("true");
  });
});

describe("an encoded lineage", () => {
  const lineage = [holder(1), holderOf(facts.sgx, block(4))];
  const text = fromUtf8(encodeLineage(lineage));

  it("is canonical JSON", () => {
    expect(decodeLineage(utf8(text))).toEqual(lineage);
    const hash = h("01", 32);
    expect(fromUtf8(encodeLineage([holder(1)]))).toBe(
      `[{"block":{"hash":"${hash}","number":1},"code":{"measurement":"1"},"kind":"simulated"}]`,
    );
  });

  it.each([
    ["json/out-of-range", "no facts", text.replace('{"measurement":"1"}', "{}")],
    ["json/wrong-type", "a fact that is not text", text.replace('"measurement":"1"', '"measurement":1')],
    ["json/out-of-range", "a fact that is too long", text.replace('"1"', `"${h("1", 129)}"`)],
    ["json/out-of-range", "a fact with another character", text.replace('"1"', '"A"')],
    ["json/out-of-range", "a name that is too long", text.replace('"measurement"', `"${h("m", 33)}"`)],
    ["json/unknown-variant", "an unknown kind", text.replace('"simulated"', '"other"')],
    ["json/unknown-key", "an unknown key", text.replace('"kind"', '"more":0,"kind"')],
  ])("%s: refuses %s", (code, _, wrong) => {
    expect(wrong).not.toBe(text);
    expect(codeOf(() => decodeLineage(utf8(wrong)))).toBe(code);
  });

  it.each(["isvProdId", "isvSvn", "guestSvn"])(
    "json/out-of-range: refuses %s unless it is decimal",
    (name) => {
      const read = (version: string) =>
        decodeLineage(encodeLineage([{ ...holder(1), code: { [name]: version } }]))[0]?.code[name];
      for (const version of ["0", "7", "10", "4294967295"]) expect(read(version)).toBe(version);
      for (const version of ["1e9", "0x10", "03", "a", "1".repeat(11)])
        expect(codeOf(() => read(version))).toBe("json/out-of-range");
    },
  );

  it("json/out-of-range: refuses code that is there twice", () => {
    const twice = encodeLineage([holder(1), holder(2), holder(1, 9)]);
    expect(codeOf(() => decodeLineage(twice))).toBe("json/out-of-range");
  });

  it("json/out-of-range: refuses more than 64 entries, or more than 32 facts", () => {
    const many = Array.from({ length: maxLineage + 1 }, (_, i) => holder(i));
    expect(codeOf(() => decodeLineage(encodeLineage(many)))).toBe("json/out-of-range");
    const code = Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`f${i}`, "1"]));
    expect(codeOf(() => decodeLineage(encodeLineage([{ ...holder(1), code }])))).toBe("json/out-of-range");
  });
});
