import { describe, expect, it } from "vitest";
import { recorded } from "../../../../test/support/fixtures.ts";
import {
  at,
  evidence,
  iso,
  qeIdentityOf,
  tcbInfoOf,
} from "../../../../trusted/core/test/attestation/dcap/synthetic.ts";
import { fetchCollateral, type Platform, type QuoteCollateral } from "../../src/evidence/pccs.ts";
import { expiryOf, platformOf } from "../../src/evidence/platform.ts";
import { codedLater } from "../support/coded.ts";
import { fakePccs, madeUp, type Served } from "../support/fake-pccs.ts";
import { type Responder, replayServer } from "../support/replay-server.ts";

const platform: Platform = { tee: "sgx", fmspc: "00906ed50000", ca: "processor" };

async function fetched(answer: Responder, timeoutMs = 5_000) {
  const { url, asked } = await replayServer(answer);
  return { asked, result: fetchCollateral({ baseUrl: `${url}/`, timeoutMs }, platform) };
}

describe("fetchCollateral", () => {
  it.each([true, false])("returns every part exactly as signed; CRLs in hex: %j", async (hex) => {
    const { asked, result } = await fetched(fakePccs(madeUp, { hex }));
    expect(await result).toEqual(madeUp);
    expect(asked.map(({ path }) => path).sort()).toEqual([
      "/sgx/certification/v4/pckcrl?ca=processor&encoding=der",
      "/sgx/certification/v4/qe/identity",
      "/sgx/certification/v4/rootcacrl",
      "/sgx/certification/v4/tcb?fmspc=00906ed50000",
    ]);
  });

  it("reads the older name of the TCB chain's header", async () => {
    const usual = fakePccs(madeUp);
    const { result } = await fetched((question) => {
      const said = usual(question);
      if (typeof said !== "object" || !question.path.includes("/tcb?")) return said;
      return {
        ...said,
        headers: { "SGX-TCB-Info-Issuer-Chain": Object.values(said.headers ?? {})[0] ?? "" },
      };
    });
    expect(await result).toEqual(madeUp);
  });

  const chain = { "TCB-Info-Issuer-Chain": encodeURIComponent(madeUp.tcb_info_issuer_chain) };
  it.each<[string, NonNullable<Served["faults"]>]>([
    ["collateral/refused", { "tcb-info": { status: 500, body: "oh" } }],
    ["collateral/refused", { "tcb-info": { status: 404 } }],
    ["collateral/refused", { "root-crl": { status: 204 } }],
    ["collateral/unreachable", { "qe-identity": "cut" }],
    [
      "collateral/unreachable",
      { "tcb-info": { status: 302, headers: { location: "/sgx/certification/v4/rootcacrl" } } },
    ],
    ["collateral/too-large", { "tcb-info": { body: "x".repeat(256 * 1024 + 1) } }],
    ["collateral/too-large", { "pck-crl": { body: new Uint8Array(2 << 20) } }],
    ["collateral/garbage", { "tcb-info": { body: "{}", headers: chain } }],
    ["collateral/garbage", { "tcb-info": { body: `{"tcbInfo":{"a":1},"signature":"ab"}`, headers: chain } }],
    [
      "collateral/garbage",
      { "tcb-info": { body: `{"tcbInfo":7,"signature":"${"ab".repeat(64)}"}`, headers: chain } },
    ],
    ["collateral/garbage", { "tcb-info": { body: Uint8Array.of(0xff, 0xfe), headers: chain } }],
    ["collateral/garbage", { "tcb-info": { body: `{"tcbInfo":{},"signature":"${"ab".repeat(64)}"}` } }],
    [
      "collateral/garbage",
      {
        "tcb-info": {
          body: `{"tcbInfo":{},"signature":"${"ab".repeat(64)}"}`,
          headers: { "TCB-Info-Issuer-Chain": "%zz" },
        },
      },
    ],
    [
      "collateral/garbage",
      {
        "tcb-info": {
          body: `{"tcbInfo":{},"signature":"${"ab".repeat(64)}"}`,
          headers: { "TCB-Info-Issuer-Chain": "none" },
        },
      },
    ],
    ["collateral/garbage", { "root-crl": { body: "<html>" } }],
    ["collateral/garbage", { "root-crl": { body: "30820" } }],
    ["collateral/garbage", { "root-crl": { body: "" } }],
  ])("%s: %#", async (code, faults) => {
    const { result } = await fetched(fakePccs(madeUp, { faults }));
    expect(await codedLater(result)).toMatchObject({ code, part: Object.keys(faults)[0] });
  });

  it("collateral/timeout: an answer that begins but does not end", async () => {
    const { result } = await fetched(fakePccs(madeUp, { faults: { "tcb-info": "hang" } }), 100);
    expect(await codedLater(result)).toEqual({ code: "collateral/timeout", part: "tcb-info" });
  });

  it("collateral/unreachable: no server", async () => {
    const { url } = await replayServer(() => undefined);
    const result = fetchCollateral({ baseUrl: url.replace(/:\d+$/, ":1"), timeoutMs: 5_000 }, platform);
    expect(await codedLater(result)).toMatchObject({ code: "collateral/unreachable" });
  });
});

describe("expiryOf", () => {
  const [day, days] = [24 * 3_600_000, (n: number) => at + n * 24 * 3_600_000];
  /** Collateral whose parts expire after the given numbers of days. */
  const made = (rootCrl: number, pckCrl: number, tcbInfo: number, qeIdentity: number): QuoteCollateral => {
    const crl = (end: number) => ({ thisUpdateMs: at - day, nextUpdateMs: days(end) });
    const { collateral } = evidence({
      rootCrlDates: crl(rootCrl),
      crlDates: crl(pckCrl),
      tcbInfo: tcbInfoOf("SGX", { nextUpdate: iso(days(tcbInfo)) }),
      qeIdentity: qeIdentityOf("SGX", { nextUpdate: iso(days(qeIdentity)) }),
    });
    return JSON.parse(Buffer.from(collateral).toString()) as QuoteCollateral;
  };

  it("is the earliest of four dates", () => {
    expect(expiryOf(made(1, 2, 3, 4))).toBe(days(1));
    expect(expiryOf(made(4, 1, 2, 3))).toBe(days(1));
    expect(expiryOf(made(3, 4, 1, 2))).toBe(days(1));
    expect(expiryOf(made(2, 3, 4, 1))).toBe(days(1));
  });

  it.each([
    { tcb_info: "{}" },
    { qe_identity: '{"nextUpdate":"soon"}' },
    { pck_crl: "3082" },
    { root_ca_crl: "" },
  ])("is in the past if a part has no date: %j", (change) =>
    expect(expiryOf({ ...made(1, 2, 3, 4), ...change })).toBe(0),
  );
});

describe("platformOf", () => {
  it.each([
    ["without certificates", new Uint8Array(1024)],
    ["with an invalid certificate", Buffer.from(`${"\0".repeat(600)}${madeUp.tcb_info_issuer_chain}`)],
    ["that is empty", new Uint8Array()],
  ])("collateral/not-fetched: a quote %s", async (_, quote) =>
    expect(await codedLater((async () => platformOf(quote))())).toMatchObject({
      code: "collateral/not-fetched",
    }),
  );
});

interface Case {
  readonly id: string;
  readonly kind: string;
  readonly quote: string;
  readonly collateral?: string;
  readonly expect: { readonly tee?: "sgx" | "tdx"; readonly fmspc?: string; readonly pckCa?: string };
}

recorded(
  "a recorded quote names its platform, and its collateral is returned unchanged",
  async ({ files }) => {
    const cases = (files.json("attestation/cases.json") as readonly Case[]).filter(
      ({ kind, expect: e }) => kind === "dcap" && e.fmspc,
    );
    expect(cases.length).toBe(21);
    for (const { id, quote, collateral: path, expect: e } of cases) {
      const platform = platformOf(files.bytes(`attestation/${quote}`));
      expect(platform, id).toEqual({ tee: e.tee, fmspc: e.fmspc, ca: e.pckCa });
      const { pck_certificate_chain, ...collateral } = files.json(
        `attestation/${path}`,
      ) as QuoteCollateral & {
        pck_certificate_chain?: string;
      };
      const { url } = await replayServer(fakePccs(collateral, { ...platform, hex: true }));
      expect(await fetchCollateral({ baseUrl: url, timeoutMs: 5_000 }, platform), id).toEqual(collateral);
      expect(expiryOf(collateral), id).toBeGreaterThan(Date.parse("2020-01-01"));
    }
  },
);
