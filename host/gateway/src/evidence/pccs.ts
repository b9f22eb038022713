/**
 * Fetches Intel's collateral for DCAP quotes from Intel's own service (PCS) or from a caching service (PCCS).
 * The two share an interface (version 4). Intel signs the collateral, and verifiers check the signatures.
 * This file only splits the collateral into the parts of a QuoteCollateralV3.
 * @see https://api.portal.trustedservices.intel.com/content/documentation.html
 */
import { CollateralError } from "./error.ts";
import { chainOf, type Fetched, fetchBounded, textOf } from "./fetch.ts";

/** The platform that a quote names. */
export interface Platform {
  readonly tee: "sgx" | "tdx";
  /** The id of the platform's model, 6 bytes in lower-case hex. */
  readonly fmspc: string;
  /** The CA that signed the platform's certificate. */
  readonly ca: "processor" | "platform";
}

/** The collateral server. */
export interface PccsOptions {
  /** For example `https://api.trustedservices.intel.com`, or the operator's own PCCS. */
  readonly baseUrl: string;
  readonly timeoutMs: number;
}

/** Intel's own service. It has no `rootcacrl`, because Intel serves the root CA's CRL elsewhere. */
export const intelPcs = "https://api.trustedservices.intel.com";
const intelRootCrl = "https://certificates.trustedservices.intel.com/IntelSGXRootCA.der";

/**
 * A response of Intel's provisioning service.
 * @limit bytes
 * @source the limit of collateral in evidence
 * @past `collateral/too-large`
 */
const maxPartBytes = 256 * 1024;

/** QuoteCollateralV3, with the field names that Intel's libraries and the JSON form of evidence use. */
export interface QuoteCollateral {
  readonly pck_crl_issuer_chain: string;
  readonly root_ca_crl: string;
  readonly pck_crl: string;
  readonly tcb_info_issuer_chain: string;
  readonly tcb_info: string;
  readonly tcb_info_signature: string;
  readonly qe_identity_issuer_chain: string;
  readonly qe_identity: string;
  readonly qe_identity_signature: string;
}

/** Fetches the collateral for a platform's quotes. @throws {@link CollateralError} */
export async function fetchCollateral(
  { baseUrl, timeoutMs }: PccsOptions,
  platform: Platform,
): Promise<QuoteCollateral> {
  const { tee, fmspc, ca } = platform;
  const base = baseUrl.replace(/\/+$/, "");
  const get = (part: string, url: string) => fetchBounded({ part, url, maxBytes: maxPartBytes, timeoutMs });
  const [pckCrl, rootCrl, tcb, qe] = await Promise.all([
    get("pck-crl", `${base}/sgx/certification/v4/pckcrl?ca=${ca}&encoding=der`),
    get("root-crl", base === intelPcs ? intelRootCrl : `${base}/sgx/certification/v4/rootcacrl`),
    get("tcb-info", `${base}/${tee}/certification/v4/tcb?fmspc=${fmspc}`),
    get("qe-identity", `${base}/${tee}/certification/v4/qe/identity`),
  ]);
  const tcbInfo = signedPart(tcb, "tcb-info", "tcbInfo");
  const qeIdentity = signedPart(qe, "qe-identity", "enclaveIdentity");
  return {
    pck_crl_issuer_chain: chainOf(pckCrl, "pck-crl", ["sgx-pck-crl-issuer-chain"]),
    root_ca_crl: crlHex(rootCrl, "root-crl"),
    pck_crl: crlHex(pckCrl, "pck-crl"),
    tcb_info_issuer_chain: chainOf(tcb, "tcb-info", ["tcb-info-issuer-chain", "sgx-tcb-info-issuer-chain"]),
    tcb_info: tcbInfo.json,
    tcb_info_signature: tcbInfo.signature,
    qe_identity_issuer_chain: chainOf(qe, "qe-identity", ["sgx-enclave-identity-issuer-chain"]),
    qe_identity: qeIdentity.json,
    qe_identity_signature: qeIdentity.signature,
  };
}

/**
 * Extracts the inner value of `{"tcbInfo":{…},"signature":"…"}` byte for byte, because Intel signs exactly
 * these bytes.
 */
function signedPart(
  fetched: Fetched,
  part: string,
  key: string,
): { readonly json: string; readonly signature: string } {
  const whole = new RegExp(
    `^\\s*\\{\\s*"${key}"\\s*:\\s*(\\{.*\\})\\s*,\\s*"signature"\\s*:\\s*"([0-9a-fA-F]{128})"\\s*\\}\\s*$`,
    "s",
  );
  const [, json, signature] = whole.exec(textOf(fetched, part)) ?? [];
  if (json === undefined || signature === undefined)
    throw new CollateralError({ code: "collateral/garbage", part });
  return { json, signature: signature.toLowerCase() };
}

/** Converts a CRL to hex. Intel sends DER, and a PCCS sends hex. */
function crlHex(fetched: Fetched, part: string): string {
  const { body } = fetched;
  if (body[0] === 0x30 && body[1] === 0x82) return Buffer.from(body).toString("hex");
  const text = textOf(fetched, part)
    .trim()
    .replace(/^"(.*)"$/, "$1");
  if (!/^3082[0-9a-fA-F]+$/.test(text) || text.length % 2 !== 0)
    throw new CollateralError({ code: "collateral/garbage", part });
  return text.toLowerCase();
}
