import { describe, expect, it } from "vitest";
import { recorded } from "../../../../test/support/fixtures.ts";
import { fetchIasReport } from "../../src/evidence/ias.ts";
import { codedLater } from "../support/coded.ts";
import { type Responder, replayServer, type Said } from "../support/replay-server.ts";

const spid = "0123456789abcdef0123456789abcdef";
const quote = new Uint8Array(500).fill(7);
quote.set([2, 0, 1, 0, 0x78, 0x56, 0x34, 0x12]);
quote.set(Buffer.from(spid, "hex"), 16);
const text = JSON.stringify({
  isvEnclaveQuoteStatus: "OK",
  isvEnclaveQuoteBody: Buffer.from(quote.subarray(0, 432)).toString("base64"),
});
const pem = (der: string) => `-----BEGIN CERTIFICATE-----\n${der}\n-----END CERTIFICATE-----\n`;
const signature = `${"A".repeat(342)}==`;
const report: Said = {
  headers: {
    "X-IASReport-Signature": signature,
    "X-IASReport-Signing-Certificate": encodeURIComponent(pem("TEVB\nRg==") + pem("Uk9PVA==")),
  },
  body: text,
};

const service =
  (said: ReturnType<Responder> = report, sigrl: ReturnType<Responder> = { body: "" }): Responder =>
  ({ method, path }) => {
    if (method === "GET" && path === "/sgx/dev/attestation/v3/sigrl/12345678") return sigrl;
    return method === "POST" && path === "/sgx/dev/attestation/v3/report" ? said : undefined;
  };

async function ask(answer: Responder, asked = quote, options = { spid }) {
  const server = await replayServer(answer);
  const baseUrl = `${server.url}/sgx/dev/`;
  return { server, result: fetchIasReport({ baseUrl, key: "k3y", timeoutMs: 2_000, ...options }, asked) };
}

describe("fetchIasReport, the flow of 2020", () => {
  it("requests the group's revocation list, then a report on the quote, both with the key", async () => {
    const { server, result } = await ask(service());
    expect(await result).toEqual({ report: text, signature, certificate: "TEVBRg==" });
    expect(
      server.asked.map(({ method, path, headers }) => [method, path, headers["ocp-apim-subscription-key"]]),
    ).toEqual([
      ["GET", "/sgx/dev/attestation/v3/sigrl/12345678", "k3y"],
      ["POST", "/sgx/dev/attestation/v3/report", "k3y"],
    ]);
    expect(JSON.parse(server.asked[1]!.body)).toEqual({
      isvEnclaveQuote: Buffer.from(quote).toString("base64"),
    });
  });

  it.each<[string, object, Responder]>([
    [
      "an unknown group",
      { code: "collateral/refused", part: "sigrl", status: 404 },
      service(report, { status: 404 }),
    ],
    [
      "a refused key",
      { code: "collateral/refused", part: "sigrl", status: 401 },
      service(report, { status: 401 }),
    ],
    [
      "a service that was shut down",
      { code: "collateral/refused", part: "report", status: 410 },
      service({ status: 410 }),
    ],
    [
      "no signature",
      { code: "collateral/garbage", part: "report" },
      service({ ...report, headers: { ...report.headers, "X-IASReport-Signature": "" } }),
    ],
    [
      "no certificate",
      { code: "collateral/garbage", part: "report" },
      service({ ...report, headers: { "X-IASReport-Signature": signature } }),
    ],
    [
      "a report on another quote",
      { code: "collateral/garbage", part: "report" },
      service({ ...report, body: text.replace("Bwc", "Bwd") }),
    ],
    [
      "a report without a quote",
      { code: "collateral/garbage", part: "report" },
      service({ ...report, body: "{}" }),
    ],
    [
      "a report without end",
      { code: "collateral/too-large", part: "report" },
      service({ ...report, body: "x".repeat(70_000) }),
    ],
    ["half a report", { code: "collateral/unreachable", part: "report" }, service("cut")],
  ])("refuses %s", async (_, detail, answer) => {
    const { result } = await ask(answer);
    expect(await codedLater(result)).toMatchObject(detail);
  });

  it.each([
    ["made for another service provider", quote, { spid: "ff".repeat(16) }],
    ["of DCAP", quote.with(0, 3), { spid }],
    ["cut short", quote.subarray(0, 431), { spid }],
  ])("collateral/not-fetched: makes no request for a quote %s", async (_, asked, options) => {
    const { server, result } = await ask(service(), asked, options);
    expect(await codedLater(result)).toMatchObject({ code: "collateral/not-fetched" });
    expect(server.asked).toEqual([]);
  });
});

interface Recorded {
  readonly raReport: string;
  readonly signature: string;
  readonly signingCert: string;
}

describe("recorded reports of Intel's service", () =>
  recorded.for([
    "ias-phala-2021-swhardening",
    "ias-phala-2023-groupoutofdate",
    "ias-integritee-prod",
    "ias-scrt-hw-v2-debug",
  ])("are returned as signed: %s", async (name, { files }) => {
    const { raReport, signature, signingCert } = files.json(`attestation/ias/${name}.json`) as Recorded;
    const body = Buffer.from(/"isvEnclaveQuoteBody":"([^"]+)"/.exec(raReport)![1]!, "base64");
    const group = body.readUInt32LE(4).toString(16).padStart(8, "0");
    const headers = {
      "X-IASReport-Signature": signature,
      "X-IASReport-Signing-Certificate": encodeURIComponent(pem(signingCert)),
    };
    const { server, result } = await ask(
      ({ path }) =>
        path.endsWith(`/sigrl/${group}`)
          ? {}
          : path.endsWith("/report")
            ? { headers, body: raReport }
            : undefined,
      Uint8Array.from(Buffer.concat([body, Buffer.alloc(684)])),
      { spid: body.toString("hex", 16, 32) },
    );
    expect(await result).toEqual({ report: raReport, signature, certificate: signingCert });
    expect(server.asked.length).toBe(2);
  }));
