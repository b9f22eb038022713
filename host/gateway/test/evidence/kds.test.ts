import { describe, expect, it } from "vitest";
import { recorded } from "../../../../test/support/fixtures.ts";
import { fetchVcek } from "../../src/evidence/kds.ts";
import { chipOf } from "../../src/evidence/platform.ts";
import { codedLater } from "../support/coded.ts";
import { emptyReport } from "../support/empty-report.ts";
import { type Responder, replayServer } from "../support/replay-server.ts";

/**
 * A report of a given version, processor family and model, with firmware levels 1 to 8 in its reported TCB.
 */
function report(version: number, family = 0, model = 0): Uint8Array {
  const bytes = emptyReport(version);
  bytes.set([1, 2, 3, 4, 5, 6, 7, 8], 0x180);
  bytes.set([family, model], 0x188);
  bytes.fill(0xab, 0x1a0, 0x1e0);
  return bytes;
}

const pem = (body: string) => `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`;
const chain = ["QVNL", "QVJL"].map(pem).join("");
const usual: Responder = ({ path }) =>
  path.endsWith("/cert_chain")
    ? { body: chain }
    : path.includes("?")
      ? { body: Uint8Array.of(0x30, 0x82) }
      : undefined;

describe("chipOf", () => {
  it.each([
    ["Milan", 2, 0, 0],
    ["Milan", 3, 0x19, 0x01],
    ["Genoa", 3, 0x19, 0x11],
    ["Genoa", 5, 0x19, 0xa0],
  ] as const)("%s: version %i, family and model %i, %i", (product, version, family, model) =>
    expect(chipOf(report(version, family, model))).toEqual({
      product,
      hardwareId: "ab".repeat(64),
      levels: { blSPL: 1, teeSPL: 2, snpSPL: 7, ucodeSPL: 8 },
    }),
  );

  it("Turin has a shorter id and one more level", () =>
    expect(chipOf(report(5, 0x1a, 0x02))).toEqual({
      product: "Turin",
      hardwareId: "ab".repeat(8),
      levels: { fmcSPL: 1, blSPL: 2, teeSPL: 3, snpSPL: 4, ucodeSPL: 8 },
    }));

  it.each([
    ["of an unknown processor", report(5, 0x1b, 0)],
    ["of an unknown model between two known models", report(5, 0x19, 0x30)],
    ["signed by a cloud's own key", report(2).with(0x48, 4)],
    ["cut short", report(2).subarray(0, 0x1df)],
  ])("collateral/not-fetched: a report %s", async (_, bytes) =>
    expect(await codedLater((async () => chipOf(bytes))())).toMatchObject({ code: "collateral/not-fetched" }),
  );
});

describe("fetchVcek", () => {
  const chip = chipOf(report(2));

  it("requests this chip's certificate at these levels, and the two certificates above it", async () => {
    const { url, asked } = await replayServer(usual);
    const { vek, chain } = await fetchVcek({ baseUrl: url, timeoutMs: 5_000 }, chip);
    expect(asked.map(({ path }) => path).sort()).toEqual([
      `/vcek/v1/Milan/${"ab".repeat(64)}?blSPL=01&teeSPL=02&snpSPL=07&ucodeSPL=08`,
      "/vcek/v1/Milan/cert_chain",
    ]);
    expect([vek, chain.map((der) => Buffer.from(der).toString())]).toEqual([
      Uint8Array.of(0x30, 0x82),
      ["ASK", "ARK"],
    ]);
  });

  it.each<[string, Responder]>([
    ["collateral/refused", (question) => (question.path.includes("?") ? { status: 429 } : usual(question))],
    [
      "collateral/garbage",
      (question) => (question.path.includes("?") ? { body: "<html>" } : usual(question)),
    ],
    [
      "collateral/garbage",
      (question) => (question.path.includes("?") ? usual(question) : { body: chain.slice(1) }),
    ],
    [
      "collateral/garbage",
      (question) => (question.path.includes("?") ? usual(question) : { body: chain.repeat(2) }),
    ],
    [
      "collateral/too-large",
      (question) => (question.path.includes("?") ? { body: new Uint8Array(20_000) } : usual(question)),
    ],
  ])("%s: %#", async (code, answer) => {
    const { url } = await replayServer(answer);
    expect(await codedLater(fetchVcek({ baseUrl: url, timeoutMs: 5_000 }, chip))).toMatchObject({ code });
  });
});

describe("recorded reports of SEV-SNP", () =>
  recorded.for(["snp-milan-2023", "snp-milan-debug", "snp-milan-v5-gcp"])(
    "name the chip of their VCEK: %s",
    async (name, { files }) => {
      const chip = chipOf(files.bytes(`attestation/snp/${name}.report.bin`));
      const pem = files.text(`attestation/snp/${name}.vek.pem`);
      const der = Buffer.from(pem.replace(/-----[^-]+-----/g, ""), "base64");
      // The certificate contains the chip's id under 1.3.6.1.4.1.3704.1.4.
      expect(der.toString("hex")).toContain("2b060104019c780104");
      expect(der.toString("hex")).toContain(chip.hardwareId);
      const { url } = await replayServer((question) =>
        question.path.includes("?") ? { body: der } : { body: chain },
      );
      expect((await fetchVcek({ baseUrl: url, timeoutMs: 5_000 }, chip)).vek).toEqual(Uint8Array.from(der));
    },
  ));
