/** A PCCS that serves one platform's collateral through version 4 of Intel's interface. */
import type { QuoteCollateral } from "../../src/evidence/pccs.ts";
import type { Responder, Said } from "./replay-server.ts";

const certificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

/**
 * Stands in for a CRL: a DER sequence of two timestamps, as hex. The first is fixed, and the second is
 * `nextUpdate`.
 */
const crl = (nextUpdate: string) =>
  `3082001e${Buffer.from(`\x17\x0d260101000000Z\x17\x0d${nextUpdate}`, "latin1").toString("hex")}`;

/** Collateral of the right form, without valid signatures. */
export const madeUp: QuoteCollateral = {
  pck_crl_issuer_chain: certificate.repeat(2),
  root_ca_crl: crl("270101000000Z"),
  pck_crl: crl("260201000000Z"),
  tcb_info_issuer_chain: certificate.repeat(2),
  tcb_info: '{"id":"SGX","nextUpdate":"2026-03-01T00:00:00Z","b":1,"a":{"c":"}"}}',
  tcb_info_signature: "ab".repeat(64),
  qe_identity_issuer_chain: certificate.repeat(2),
  qe_identity: '{"id":"QE","nextUpdate":"2026-04-01T00:00:00Z"}',
  qe_identity_signature: "cd".repeat(64),
};

export interface Served {
  readonly tee?: "sgx" | "tdx";
  readonly fmspc?: string;
  readonly ca?: string;
  /** Whether the server sends CRLs in hex, as a PCCS does, or in DER. */
  readonly hex?: boolean;
  /** Responses that replace the regular responses, by part. */
  readonly faults?: Readonly<Partial<Record<Part, ReturnType<Responder>>>>;
}

export type Part = "pck-crl" | "root-crl" | "tcb-info" | "qe-identity";

export function fakePccs(collateral: QuoteCollateral, served: Served = {}): Responder {
  const { tee = "sgx", fmspc = "00906ed50000", ca = "processor", hex = false, faults = {} } = served;
  const list = (text: string) => (hex ? text : Buffer.from(text, "hex"));
  const with_ = (name: string, chain: string, body: string | Uint8Array): Said => ({
    headers: { [name]: encodeURIComponent(chain) },
    body,
  });
  const parts: Readonly<Record<string, readonly [Part, Said]>> = {
    [`/sgx/certification/v4/pckcrl?ca=${ca}&encoding=der`]: [
      "pck-crl",
      with_("SGX-PCK-CRL-Issuer-Chain", collateral.pck_crl_issuer_chain, list(collateral.pck_crl)),
    ],
    "/sgx/certification/v4/rootcacrl": ["root-crl", { body: list(collateral.root_ca_crl) }],
    [`/${tee}/certification/v4/tcb?fmspc=${fmspc}`]: [
      "tcb-info",
      with_(
        "TCB-Info-Issuer-Chain",
        collateral.tcb_info_issuer_chain,
        `{"tcbInfo":${collateral.tcb_info},"signature":"${collateral.tcb_info_signature}"}`,
      ),
    ],
    [`/${tee}/certification/v4/qe/identity`]: [
      "qe-identity",
      with_(
        "SGX-Enclave-Identity-Issuer-Chain",
        collateral.qe_identity_issuer_chain,
        `{"enclaveIdentity":${collateral.qe_identity},"signature":"${collateral.qe_identity_signature}"}`,
      ),
    ],
  };
  return ({ method, path }) => {
    const [part, said] = parts[path] ?? [];
    if (method !== "GET" || part === undefined) return undefined;
    return part in faults ? faults[part] : said;
  };
}
