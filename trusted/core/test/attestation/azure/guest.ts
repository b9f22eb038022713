/** A synthetic Azure guest: a paravisor's claims, the hardware report over these claims, and a vTPM. */
import { sign } from "node:crypto";
import type { AuthenticSnp, EndorsedAzure } from "../../../src/attestation/index.ts";
import { concat, utf8 } from "../../../src/bytes/index.ts";
import { issue, type Keys, rsaKeys } from "../pki.ts";
import { message, pcrs, sha256 } from "../tpm/made.ts";

export const ak: Keys = rsaKeys();
export const otherAk: Keys = rsaKeys();
const ca = rsaKeys();
const caName = "made-up vTPM root";

const u32 = (...values: readonly number[]) =>
  concat(...values.map((n) => Uint8Array.of(n & 255, n >> 8, 0, 0)));

export const jwk = ({ publicKey }: Keys): object => ({
  kid: "HCLAkPub",
  key_ops: ["sign"],
  ...publicKey.export({ format: "jwk" }),
});

export const goodClaims: object = {
  keys: [jwk(ak), { ...jwk(otherAk), kid: "HCLEkPub" }],
  "user-data": "00",
};

export interface HclFields {
  readonly magic: string;
  readonly version: number;
  readonly length: number;
  readonly requestType: number;
  readonly status: number;
  readonly hardwareReport: Uint8Array;
  readonly dataLength: number;
  readonly claimsVersion: number;
  readonly type: number;
  readonly hash: number;
  readonly padding: Uint8Array;
}

/** A hardware report (by default, filler bytes) and a paravisor's claims, in Azure's layout. */
export function hclReport(claims: object | string = goodClaims, fields: Partial<HclFields> = {}): Uint8Array {
  const json = utf8(typeof claims === "string" ? claims : JSON.stringify(claims));
  const {
    magic = "HCLA",
    version = 2,
    requestType = 2,
    status = 0,
    claimsVersion = 1,
    type = 2,
    hash = 1,
  } = fields;
  const { length = 1184 + 52 + json.length, dataLength = json.length + 20 } = fields;
  const { hardwareReport = new Uint8Array(1184).fill(0x4a), padding = new Uint8Array(9) } = fields;
  const head = [utf8(magic), u32(version, length, requestType, status), new Uint8Array(12)];
  return concat(
    ...head,
    hardwareReport,
    u32(dataLength, claimsVersion, type, hash, json.length),
    json,
    padding,
  );
}

/** The verified facts of an SNP report over a paravisor's claims. */
export function hardware(claims: object | string = goodClaims): AuthenticSnp {
  const json = utf8(typeof claims === "string" ? claims : JSON.stringify(claims));
  return {
    kind: "snp",
    tcbStatus: "Unversioned",
    advisories: [],
    measurements: { measurement: "3e".repeat(48) },
    reportData: concat(sha256(json), new Uint8Array(32)),
    debug: false,
    validUntilMs: Date.parse("2028-01-01T00:00:00Z"),
    product: "milan",
    signedBy: "vcek",
    vmpl: 0,
    guestPolicy: 0x30000n,
    platformInfo: 1n,
    reportedTcb: "00".repeat(8),
    chipId: "00".repeat(64),
    chipIdMasked: false,
    guestSvn: 0,
  };
}

const algorithm = "rsa-pkcs1-sha256";
export const rootCertificate: Uint8Array = issue({
  subject: caName,
  issuer: caName,
  of: ca,
  by: ca,
  algorithm,
  ca: true,
});

/** The certificate of the vTPM's attestation key. */
export function akCertificate(of: Keys = ak, notAfter = "2027-01-01T00:00:00Z"): Uint8Array {
  return issue({ subject: "guest", issuer: caName, of, by: ca, algorithm, notAfter });
}

export function evidence(change: Partial<EndorsedAzure> = {}, by: Keys = ak): EndorsedAzure {
  const tpmMessage = change.tpmMessage ?? message();
  return {
    kind: "azure",
    hclReport: hclReport(),
    tpmMessage,
    tpmSignature: Uint8Array.from(sign("sha256", tpmMessage, by.privateKey)),
    pcrs,
    akChain: [],
    hardware: { kind: "snp", report: new Uint8Array(1184).fill(0x4a), vek: new Uint8Array(), chain: [] },
    ...change,
  };
}
