import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { recorded } from "../../../test/support/fixtures.ts";
import { fileSystem } from "../../src/producers/files.ts";
import { gramine, gramineEpid, gramineKey } from "../../src/producers/gramine.ts";
import { detailOf } from "../support/detail.ts";
import { gramineFolder, temporaryFolder } from "../support/fake-hardware.ts";
import { epidQuote, sgxQuote, snpReport, tdxQuote } from "../support/fake-quotes.ts";
import { recordedQuote, recordedQuoteIds } from "../support/recorded-quotes.ts";

const reportData = Uint8Array.from({ length: 64 }, (_, i) => i + 1);

describe("gramine", () => {
  it("writes exactly the 64 bytes, and returns the quote", () => {
    const quote = sgxQuote(reportData);
    const root = gramineFolder({ quote, user_report_data: new Uint8Array(64).fill(0xff) });
    const producer = gramine(root);
    expect(producer.provider).toBe("gramine");
    expect(producer.quote(reportData)).toEqual({ kind: "sgx", quote });
    expect(new Uint8Array(readFileSync(join(root, "user_report_data")))).toEqual(reportData);
  });

  it.each([
    ["quote/unknown-format", "from other hardware", tdxQuote(reportData)],
    ["quote/unknown-format", "of EPID", epidQuote(reportData)],
    ["quote/unknown-format", "of a later version", sgxQuote(reportData).with(0, 6)],
    ["quote/unknown-format", "that is an SEV-SNP report", snpReport(reportData)],
    ["quote/unknown-format", "that is cut short", sgxQuote(reportData).subarray(0, 431)],
    ["quote/unknown-format", "that is empty", new Uint8Array()],
    ["quote/wrong-report-data", "of an earlier request", sgxQuote(new Uint8Array(64))],
    ["quote/wrong-report-data", "that differs in the last byte", sgxQuote(reportData.with(63, 0))],
    ["quote/too-large", "that is too long", new Uint8Array(16 * 1024 + 1)],
  ])("%s: a quote %s", (code, _, quote) => {
    const producer = gramine(gramineFolder({ quote }));
    expect(detailOf(() => producer.quote(reportData))).toMatchObject({ code, provider: "gramine" });
  });

  it("quote/unavailable: refuses a short write, which would leave part of older report data", () => {
    const short = gramine(gramineFolder({ quote: sgxQuote(reportData) }), { ...fileSystem, write: () => 63 });
    expect(detailOf(() => short.quote(reportData))).toMatchObject({
      code: "quote/unavailable",
      reason: "short write",
    });
  });

  it("quote/unavailable: fails outside an enclave and without a quote file", () => {
    const nowhere = join(temporaryFolder(), "attestation");
    expect(detailOf(() => gramine(nowhere))).toMatchObject({
      code: "quote/unavailable",
      what: "attestation_type",
      reason: "ENOENT",
    });
    const direct = gramine(gramineFolder());
    expect(detailOf(() => direct.quote(reportData))).toMatchObject({
      code: "quote/unavailable",
      what: "quote",
      reason: "ENOENT",
    });
  });

  it.each(["none", "epid", "dcap-next", ""])(
    "quote/not-offered: a manifest with remote attestation %j",
    (type) =>
      expect(detailOf(() => gramine(gramineFolder({ attestation_type: type })))).toMatchObject({
        code: "quote/not-offered",
        have: type,
      }),
  );
});

describe("gramineEpid, for Intel's retired attestation service", () => {
  it("has the name ias, and accepts only EPID quotes", () => {
    const root = gramineFolder({ attestation_type: "epid", quote: epidQuote(reportData) });
    expect(gramineEpid(root)).toMatchObject({ provider: "ias" });
    expect(gramineEpid(root).quote(reportData)).toEqual({ kind: "ias", quote: epidQuote(reportData) });
    expect(detailOf(() => gramineEpid(gramineFolder()))).toMatchObject({
      code: "quote/not-offered",
      have: "dcap",
    });
    writeFileSync(join(root, "quote"), sgxQuote(reportData));
    expect(detailOf(() => gramineEpid(root).quote(reportData))).toMatchObject({
      code: "quote/unknown-format",
    });
    writeFileSync(join(root, "quote"), epidQuote(new Uint8Array(64)));
    expect(detailOf(() => gramineEpid(root).quote(reportData))).toMatchObject({
      code: "quote/wrong-report-data",
    });
  });
});

describe("gramineKey", () => {
  it("is the 16 bytes of the enclave's own key", () =>
    expect(gramineKey(gramineFolder())).toEqual(new Uint8Array(16).fill(7)));

  it.each([
    ["that is too short", new Uint8Array(15).fill(7)],
    ["that is too long", new Uint8Array(17).fill(7)],
    ["of zeros", new Uint8Array(16)],
    ["that is empty", new Uint8Array()],
  ])("quote/unavailable: a key %s", (_, key) =>
    expect(detailOf(() => gramineKey(gramineFolder({ "keys/_sgx_mrenclave": key })))).toMatchObject({
      code: "quote/unavailable",
      reason: "no key",
    }),
  );

  it("quote/unavailable: fails without a key file", () => {
    const root = gramineFolder();
    rmSync(join(root, "keys/_sgx_mrenclave"));
    expect(existsSync(join(root, "keys"))).toBe(true);
    expect(detailOf(() => gramineKey(root))).toMatchObject({ code: "quote/unavailable", reason: "ENOENT" });
  });
});

recorded("recorded quotes of SGX enclaves are accepted unchanged", ({ files }) => {
  const ids = recordedQuoteIds(files, "sgx");
  expect(ids.length).toBe(9);
  for (const id of ids) {
    const { quote, reportData: data } = recordedQuote(files, id);
    expect(gramine(gramineFolder({ quote })).quote(data), id).toEqual({ kind: "sgx", quote });
  }
});
