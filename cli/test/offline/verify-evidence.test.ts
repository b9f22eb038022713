import { endorsedEvidenceToJson } from "@pruntime/core/attestation";
import { describe, expect, it } from "vitest";
import { recorded } from "../../../test/support/fixtures.ts";
import { evidenceOf, milan } from "../../../trusted/core/test/attestation/snp/machine.ts";
import { file, pruntime } from "./command.ts";

const attestation = (...args: readonly string[]) => pruntime("verify", "attestation", ...args);

describe("verify attestation of evidence other than quotes", () => {
  it("reads a worker's answer, and refuses it under another kind's name", async () => {
    const given = file(".json", endorsedEvidenceToJson(evidenceOf(milan)));
    const of = (kind: string) =>
      attestation("--kind", kind, "--evidence", given, "--at", "2026-06-15T12:00:00Z");
    expect(await of("snp")).toEqual({ exit: 1, json: { ok: false, code: "x509/untrusted-root" } });
    expect(await of("ias")).toMatchObject({ exit: 2, json: { code: "cli/bad-argument", name: "--kind" } });
  });

  it.each([
    ["snp", ".bin", "--vek"],
    ["dstack", ".bin", "--collateral"],
    ["ias", ".bin", "--evidence"],
    ["azure", ".bin", "--evidence"],
  ])("%s names the file that it needs", async (kind, extension, name) => {
    const args = [
      "--kind",
      kind,
      "--evidence",
      file(extension, new Uint8Array(3)),
      "--at",
      "2026-06-15T12:00:00Z",
    ];
    expect(await attestation(...args)).toMatchObject({ exit: 2, json: { code: "cli/bad-argument", name } });
  });
});

interface SnpCase {
  readonly report: string;
  readonly vek: string;
  readonly caChain: string;
  readonly at: string;
}

describe("verify attestation of recorded evidence other than quotes", () => {
  const answer = { ok: true, authentic: true, verdict: null };
  const it = recorded
    .extend(
      "path",
      ({ files }) =>
        (name: string) =>
          files.path(`attestation/${name}`),
    )
    .extend(
      "named",
      ({ files }) =>
        (id: string) =>
          files.json("attestation/cases.json").find((one: { readonly id: string }) => one.id === id),
    )
    .extend("snp", ({ path }) => (one: SnpCase, report?: string) => [
      ...["--kind", "snp", "--evidence", report ?? path(one.report), "--vek", path(one.vek)],
      ...["--chain", path(one.caChain), "--at", one.at],
    ]);

  it.for(["snp-milan-debug", "snp-milan-2023", "snp-milan-v5-gcp", "snp-milan-vlek", "snp-milan-azure"])(
    "%s is authentic",
    async (id, { named, snp }) => {
      const one = named(id);
      expect(await attestation(...snp(one))).toMatchObject({
        exit: 0,
        json: {
          ...answer,
          tcbStatus: "Unversioned",
          advisories: [],
          measurements: { measurement: one.expect.measurement },
        },
      });
    },
  );

  it("snp-neg-wrong-vcek is not authentic, and neither is a tampered report", async ({
    files,
    named,
    snp,
  }) => {
    expect(await attestation(...snp(named("snp-neg-wrong-vcek")))).toMatchObject({
      exit: 1,
      json: { ok: false },
    });
    const one = named("snp-milan-2023");
    for (const { offset, xor } of one.tampers) {
      const report = files.bytes(`attestation/${one.report}`);
      report[offset] = (report[offset] as number) ^ xor;
      expect(await attestation(...snp(one, file(".bin", report)))).toMatchObject({
        exit: 1,
        json: { ok: false },
      });
    }
  });

  it.for([
    "ias-phala-2021-swhardening",
    "ias-phala-2023-groupoutofdate",
    "ias-integritee-prod",
    "ias-integritee-test4-debug",
    "ias-scrt-hw-v2-debug",
  ])("%s is authentic at its time, and not today", async (id, { named, path }) => {
    const one = named(id);
    const args = ["--kind", "ias", "--evidence", path(one.report), "--at"];
    const { mrenclave, mrsigner, advisoryIDs: advisories } = one.expect;
    expect(await attestation(...args, one.at)).toMatchObject({
      exit: 0,
      json: { ...answer, advisories, measurements: { mrenclave, mrsigner } },
    });
    expect(await attestation(...args, "2026-11-25T00:00:00Z")).toEqual({
      exit: 1,
      json: { ok: false, code: "x509/expired", depth: 0 },
    });
  });

  it("azure-snp-milan is authentic", async ({ named, path }) => {
    const args = ["--kind", "azure", "--evidence", path(named("azure-snp-milan").evidence)];
    const rest = ["--chain", path("snp/milan_ask_ark_asvk.pem"), "--at", "2025-06-01T00:00:00Z"];
    expect(await attestation(...args, ...rest)).toMatchObject({
      exit: 0,
      json: { ...answer, tcbStatus: "Unversioned" },
    });
  });

  it("azure-tdx-2026 is authentic", async ({ named, path }) => {
    const { collateral, at } = named("tdx-azure-2026");
    const args = ["--kind", "azure", "--evidence", path(named("azure-tdx-2026").evidence)];
    expect(await attestation(...args, "--collateral", path(collateral), "--at", at)).toMatchObject({
      exit: 0,
      json: answer,
    });
  });

  it("eventlog-dstack is authentic, with its log in a separate file or beside the quote", async ({
    files,
    named,
    path,
  }) => {
    const { eventlog, quoteCase } = named("eventlog-dstack");
    const { quote, collateral, at } = named(quoteCase);
    const rest = ["--collateral", path(collateral), "--at", at];
    const apart = ["--kind", "dstack", "--evidence", path(quote), "--event-log", path(eventlog)];
    expect(await attestation(...apart, ...rest)).toMatchObject({ exit: 0, json: answer });
    const { event_log } = files.json(`attestation/${eventlog}`);
    const hex = Buffer.from(files.bytes(`attestation/${quote}`)).toString("hex");
    for (const log of [event_log, JSON.stringify(event_log)]) {
      const together = ["--kind", "dstack", "--evidence", file(".json", { quote: hex, event_log: log })];
      expect(await attestation(...together, ...rest)).toMatchObject({ exit: 0, json: answer });
    }
    const edited = event_log.map((event: { event: string }) =>
      event.event === "compose-hash" ? { ...event, event_payload: "00".repeat(32) } : event,
    );
    const tampered = ["--kind", "dstack", "--evidence", file(".json", { quote: hex, event_log: edited })];
    expect(await attestation(...tampered, ...rest)).toMatchObject({
      exit: 1,
      json: { code: "dstack/payload-mismatch" },
    });
  });
});
