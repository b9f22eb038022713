import { type Evidence, evidenceToJson } from "@pruntime/core/attestation";
import { toBase64, utf8 } from "@pruntime/core/bytes";
import { describe, expect, it } from "vitest";
import { recorded } from "../../../../test/support/fixtures.ts";
import { type EvidenceOptions, replyEndorser } from "../../src/evidence/endorse.ts";
import type { QuoteCollateral } from "../../src/evidence/pccs.ts";
import { expiryOf } from "../../src/evidence/platform.ts";
import { openLog } from "../../src/log.ts";
import { emptyReport } from "../support/empty-report.ts";
import { fakePccs } from "../support/fake-pccs.ts";
import { Lines } from "../support/gateway.ts";
import { replayServer } from "../support/replay-server.ts";

function completer(options: EvidenceOptions) {
  const lines = new Lines();
  const { endorse, expiresMs } = replyEndorser(options, openLog({ stream: lines, level: "debug" }));
  return { lines, complete: endorse, expiresMs };
}

/** A reply to get_evidence, as the enclave writes it. */
function reply(evidence: Evidence): Uint8Array {
  const payload = JSON.stringify({ anchor: "", evidence: evidenceToJson(evidence), nonce: "" });
  return utf8(JSON.stringify({ payload, signature: "ab".repeat(64), status: "ok" }));
}

const json = (body: Uint8Array) => JSON.parse(Buffer.from(body).toString()) as Record<string, unknown>;
/** No server listens here. */
const nowhere = { pccsUrl: "http://127.0.0.1:1", kdsUrl: "http://127.0.0.1:1" };

const pem = (body: string) => `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`;
const chain = ["QVNL", "QVJL"].map(pem).join("");

describe("replyEndorser", () => {
  it("adds the certificates and leaves what the worker signed unchanged", async () => {
    const { url, asked } = await replayServer(({ path }) => ({
      body: path.includes("?") ? Uint8Array.of(0x30, 1) : chain,
    }));
    const { complete } = completer({ ...nowhere, kdsUrl: url });
    const body = reply({ kind: "snp", report: emptyReport(2) });
    const completed = await complete(body);
    const collateral = { vek_b64: "MAE=", chain_b64: ["QVNL", "QVJL"] };
    expect(Buffer.from(completed).toString()).toBe(
      `{"collateral":${JSON.stringify(collateral)},${Buffer.from(body).toString().slice(1)}`,
    );
    await complete(body);
    expect(asked.length).toBe(2);
  });

  it("adds nothing to simulated evidence and makes no request", async () => {
    const { complete, lines } = completer(nowhere);
    const body = reply({ kind: "simulated", document: Uint8Array.of(1), signature: Uint8Array.of(2) });
    expect(await complete(body)).toEqual(body);
    expect(lines.records).toEqual([]);
  });

  it.each<[string, Evidence]>([
    ["collateral/unreachable", { kind: "snp", report: emptyReport(2) }],
    ["collateral/not-fetched", { kind: "tdx", quote: new Uint8Array(600) }],
    ["collateral/not-fetched", { kind: "dstack", quote: new Uint8Array(600), eventLog: utf8("[]") }],
    ["collateral/not-fetched", { kind: "ias", quote: new Uint8Array(432) }],
  ])("%s: passes on what the worker signed, and logs the failure: %#", async (code, evidence) => {
    const { complete, lines } = completer(nowhere);
    expect(await complete(reply(evidence))).toEqual(reply(evidence));
    expect(lines.records).toMatchObject([{ code, msg: "no collateral" }]);
  });

  it("passes on a reply without evidence, and logs the failure", async () => {
    const { complete, lines } = completer(nowhere);
    const payload = '{"evidence":{"kind":"none"}}';
    const body = utf8(JSON.stringify({ payload, signature: "ab".repeat(64), status: "ok" }));
    expect(await complete(body)).toEqual(body);
    expect(lines.records).toMatchObject([{ code: "json/unknown-variant" }]);
  });

  it("endorses EPID evidence with the configured service, and asks the service each time", async () => {
    const quote = new Uint8Array(500).with(0, 2);
    const report = JSON.stringify({ isvEnclaveQuoteBody: toBase64(quote.subarray(0, 432)) });
    const certificate = "-----BEGIN CERTIFICATE-----\nTEVB\n-----END CERTIFICATE-----\n";
    const headers = {
      "X-IASReport-Signature": "A".repeat(344),
      "X-IASReport-Signing-Certificate": encodeURIComponent(certificate),
    };
    const { url, asked } = await replayServer(({ path }) =>
      path.endsWith("/report") ? { headers, body: report } : {},
    );
    const { complete } = completer({ ...nowhere, ias: { baseUrl: url, spid: "00".repeat(16), key: "k" } });
    const body = reply({ kind: "ias", quote });
    expect(json(await complete(body))["collateral"]).toEqual({
      report,
      signature_b64: "A".repeat(344),
      certificate_b64: "TEVB",
    });
    await complete(body);
    expect(asked.length).toBe(4);
  });
});

describe("the collateral of a recorded quote", () =>
  recorded("is fetched once until it expires", async ({ files }) => {
    interface Case {
      readonly id: string;
      readonly quote: string;
      readonly collateral: string;
      readonly expect: { readonly fmspc: string; readonly pckCa: string };
    }
    const one = (files.json("attestation/cases.json") as readonly Case[]).find(
      ({ id }) => id === "tdx-dstack-quote-report",
    )!;
    const { pck_certificate_chain, ...collateral } = files.json(
      `attestation/${one.collateral}`,
    ) as QuoteCollateral & {
      readonly pck_certificate_chain?: string;
    };
    const { url, asked } = await replayServer(
      fakePccs(collateral, { tee: "tdx", fmspc: one.expect.fmspc, ca: one.expect.pckCa }),
    );
    const clock = { ms: expiryOf(collateral) - 3_600_000 };
    const { complete, expiresMs } = completer({ ...nowhere, pccsUrl: url, now: () => clock.ms });
    expect(expiresMs()).toBeUndefined();
    const quote = files.bytes(`attestation/${one.quote}`);
    for (const evidence of [
      { kind: "tdx", quote } as const,
      { kind: "dstack", quote, eventLog: utf8("[]") } as const,
    ]) {
      const completed = json(await complete(reply(evidence)))["collateral"] as {
        readonly collateral: string;
      };
      expect(JSON.parse(completed.collateral)).toEqual(collateral);
    }
    expect(asked.length).toBe(4);
    expect(expiresMs()).toBe(expiryOf(collateral));
    clock.ms = expiryOf(collateral);
    await complete(reply({ kind: "tdx", quote }));
    expect(asked.length).toBe(8);
  }));
