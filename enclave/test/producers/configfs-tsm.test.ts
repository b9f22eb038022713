import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { recorded } from "../../../test/support/fixtures.ts";
import { configfsTsm } from "../../src/producers/configfs-tsm.ts";
import { fileSystem } from "../../src/producers/files.ts";
import { detailOf } from "../support/detail.ts";
import { seededRandom } from "../support/enclave.ts";
import { fakeKernel, type KernelOptions, temporaryFolder } from "../support/fake-hardware.ts";
import { sgxQuote, snpReport, tdx15Quote, tdxQuote } from "../support/fake-quotes.ts";
import { recordedQuote, recordedQuoteIds } from "../support/recorded-quotes.ts";

const reportData = Uint8Array.from({ length: 64 }, (_, i) => i + 1);

function produce(options: KernelOptions) {
  const { root, files, log } = fakeKernel(options);
  const pauses: number[] = [];
  const producer = configfsTsm({ root, files, random: seededRandom(), pause: (ms) => pauses.push(ms) });
  return { root, log, pauses, producer };
}

describe("configfsTsm", () => {
  it("makes a folder for the request and removes it", () => {
    const { producer, root, log } = produce({ answer: tdxQuote });
    expect(producer.provider).toBe("configfs-tsm");
    expect(producer.quote(reportData)).toEqual({ kind: "tdx", quote: tdxQuote(reportData) });
    expect(log).toEqual(["mkdir", "write", "provider", "outblob", "generation", "rmdir"]);
    expect(readdirSync(root)).toEqual([]);
  });

  it("never uses a folder twice", () => {
    const names = new Set<string>();
    const { files, root } = fakeKernel({ answer: tdxQuote });
    const watched = {
      ...files,
      makeFolder: (path: string) => {
        names.add(path);
        files.makeFolder(path);
      },
    };
    const producer = configfsTsm({ root, files: watched, random: seededRandom() });
    for (let i = 0; i < 3; i++) producer.quote(reportData);
    expect(names.size).toBe(3);
  });

  it("supports TDX 1.5 and SEV-SNP", () => {
    expect(produce({ answer: tdx15Quote }).producer.quote(reportData)).toMatchObject({ kind: "tdx" });
    const snp = produce({ provider: "sev_guest", answer: snpReport });
    expect(snp.producer.quote(reportData)).toEqual({ kind: "snp", report: snpReport(reportData) });
  });

  it("returns a quote that the kernel has padded", () => {
    const padded = (data: Uint8Array) => new Uint8Array([...tdxQuote(data), ...new Uint8Array(7_000)]);
    expect(produce({ answer: padded }).producer.quote(reportData)).toEqual({
      kind: "tdx",
      quote: padded(reportData),
    });
  });

  it.each(["EBUSY", "EINTR", "EAGAIN"])(
    "tries again in another folder after %s, and waits longer each time",
    (code) => {
      const faults = [
        ["outblob", code],
        ["write", code],
        ["mkdir", code],
      ] as const;
      const { producer, root, log, pauses } = produce({ answer: tdxQuote, faults });
      expect(producer.quote(reportData)).toMatchObject({ kind: "tdx" });
      expect(pauses).toEqual([10, 20, 40]);
      expect(log.filter((operation) => operation === "mkdir").length).toBe(4);
      expect(readdirSync(root)).toEqual([]);
    },
  );

  it("quote/busy: gives up after the last attempt", () => {
    const faults = Array.from({ length: 6 }, () => ["outblob", "EBUSY"] as const);
    const { producer, root } = produce({ answer: tdxQuote, faults });
    expect(detailOf(() => producer.quote(reportData))).toEqual({
      code: "quote/busy",
      provider: "configfs-tsm",
      attempts: 6,
    });
    expect(readdirSync(root)).toEqual([]);
  });

  it.each([
    ["mkdir", "ENOENT"],
    ["write", "EFBIG"],
    ["outblob", "EIO"],
    ["generation", "EACCES"],
  ])("quote/unavailable: does not try again if %s fails with %s", (at, reason) => {
    const { producer, root, pauses } = produce({ answer: tdxQuote, faults: [[at, reason]] });
    expect(detailOf(() => producer.quote(reportData))).toMatchObject({ code: "quote/unavailable", reason });
    expect([pauses, readdirSync(root)]).toEqual([[], []]);
  });

  it("quote/raced: refuses an answer after another process wrote into the folder", () => {
    const { producer, root } = produce({ answer: tdxQuote, strangers: 1 });
    expect(detailOf(() => producer.quote(reportData))).toMatchObject({ code: "quote/raced" });
    expect(readdirSync(root)).toEqual([]);
  });

  it.each([
    ["quote/not-offered", "arm_cca_guest", tdxQuote],
    ["quote/unknown-format", "sev_guest", tdxQuote],
    ["quote/unknown-format", "tdx_guest", snpReport],
    ["quote/unknown-format", "tdx_guest", sgxQuote],
    ["quote/unknown-format", "tdx_guest", cwt],
    ["quote/unknown-format", "sev_guest", (data: Uint8Array) => snpReport(data).with(0, 6)],
    ["quote/unknown-format", "sev_guest", (data: Uint8Array) => new Uint8Array([...snpReport(data), 0])],
    ["quote/wrong-report-data", "tdx_guest", () => tdxQuote(new Uint8Array(64))],
    ["quote/wrong-report-data", "sev_guest", (data: Uint8Array) => snpReport(data.with(63, 0))],
    ["quote/too-large", "tdx_guest", () => new Uint8Array(16 * 1024 + 1)],
  ])("%s: of %s, %#", (code, provider, answer) => {
    const { producer, root } = produce({ provider, answer });
    expect(detailOf(() => producer.quote(reportData))).toMatchObject({ code });
    expect(readdirSync(root)).toEqual([]);
  });

  it("quote/unavailable: fails on a machine without configfs-tsm", () => {
    const root = join(temporaryFolder(), "tsm");
    const producer = configfsTsm({ root, files: fileSystem, random: seededRandom() });
    expect(detailOf(() => producer.quote(reportData))).toMatchObject({
      code: "quote/unavailable",
      reason: "ENOENT",
    });
    expect(existsSync(root)).toBe(false);
  });
});

describe("recorded outblobs", () => {
  recorded("of TDX guests are accepted unchanged", ({ files }) => {
    const ids = recordedQuoteIds(files, "tdx");
    expect(ids.length).toBe(12);
    for (const id of ids) {
      const { quote, reportData: data } = recordedQuote(files, id);
      expect(produce({ answer: () => quote }).producer.quote(data), id).toEqual({ kind: "tdx", quote });
    }
  });

  recorded("of Google's guests are accepted with their padding to 8000 bytes", ({ files }) => {
    const quote = files.bytes("attestation/structure/gcp-cos113-8000.bin");
    expect(produce({ answer: () => quote }).producer.quote(quote.slice(568, 632))).toEqual({
      kind: "tdx",
      quote,
    });
  });

  recorded.for(["snp-milan-2023", "snp-milan-debug", "snp-milan-v5-gcp", "snp-milan-vlek"])(
    "of SEV-SNP guests are accepted: %s",
    (name, { files }) => {
      const report = files.bytes(`attestation/snp/${name}.report.bin`).subarray(0, 1184);
      const { producer } = produce({ provider: "sev_guest", answer: () => report });
      expect(producer.quote(report.slice(0x50, 0x90))).toEqual({ kind: "snp", report });
    },
  );
});

/** A future format that kernels may return: a DICE-based quote as a CBOR web token. */
function cwt(data: Uint8Array): Uint8Array {
  return new Uint8Array([0xd2, 0x84, 0x43, 0xa1, 0x01, 0x26, ...data, ...new Uint8Array(9_000)]);
}
