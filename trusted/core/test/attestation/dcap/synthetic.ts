/**
 * Synthetic quotes, platforms and collateral under a test root with Intel's names, for cases for which there
 * is no public evidence. A test states only the differences from a platform that is up to date.
 */

import type { EndorsedDcap } from "../../../src/attestation/index.ts";
import { concat, fromHex, toHex, utf8 } from "../../../src/bytes/index.ts";
import { portableCrypto } from "../../../src/crypto/index.ts";
import { der, integer, octets, oid, sequence } from "../../support/der.ts";
import {
  caExtensions,
  certificate,
  crl,
  type Key,
  keyOf,
  leafExtensions,
  named,
  pem,
  rootOf,
} from "../../support/pki.ts";

export const at: number = Date.UTC(2026, 0, 15);

export const keys = {
  root: keyOf(1),
  ca: keyOf(2),
  pck: keyOf(3),
  tcb: keyOf(4),
  attestation: keyOf(5),
  stranger: keyOf(6),
};

const rootName = named("Intel SGX Root CA");
export const root = rootOf(rootName, keys.root);

export const serials = { ca: 2, pck: 3, tcb: 4 };

type JsonValue = Record<string, unknown>;

interface CrlDates {
  readonly thisUpdateMs: number;
  readonly nextUpdateMs: number;
}

export interface World {
  readonly body: "sgx" | "td10" | "td15";
  readonly version: 3 | 4 | 5;
  /** The SVNs of the platform's TCB components. `pceSvn` is the SVN of its PCE. */
  readonly components: readonly number[];
  readonly pceSvn: number;
  /** SVNs of the TDX module that launched the TD. `teeTcbSvn2` has the SVNs of the module that runs now. */
  readonly teeTcbSvn: readonly number[];
  readonly teeTcbSvn2: readonly number[];
  readonly mrSignerSeam: Uint8Array;
  readonly seamAttributes: Uint8Array;
  readonly tdAttributes: Uint8Array;
  /** The four run-time registers of a TD. */
  readonly rtmrs: readonly Uint8Array[];
  readonly sgxAttributes: number;
  readonly qe: {
    readonly isvSvn: number;
    readonly isvProdId: number;
    readonly mrsigner: Uint8Array;
    readonly attributes: Uint8Array;
    readonly miscSelect: Uint8Array;
  };
  readonly qeReportTail: Uint8Array;
  readonly attestationKey: Key;
  readonly quoteSigner: Key;
  readonly qeSigner: Key;
  readonly certificationDataType: number;
  readonly pckExtension: Uint8Array | undefined;
  readonly pckName: string;
  readonly caName: string;
  readonly fmspc: string;
  readonly pceId: string;
  /** Returns the quote's certificate chain, given the certificates of the PCK, the CA and the root. */
  readonly arrange: (pck: Uint8Array, ca: Uint8Array, root: Uint8Array) => readonly Uint8Array[];
  readonly revokedByRoot: readonly number[];
  readonly revokedByCa: readonly number[];
  readonly crlDates: CrlDates;
  /** The dates of the root's revocation list. By default, the dates of the CA's list. */
  readonly rootCrlDates: CrlDates | undefined;
  readonly tcbInfo: JsonValue;
  readonly qeIdentity: JsonValue;
  readonly tcbSigningName: string;
  readonly tcbInfoSigner: Key;
  readonly qeIdentitySigner: Key;
  /**
   * The certificate chain for TCB info and QE identity. By default, the TCB signing certificate and the root.
   */
  readonly tcbChain:
    | ((pck: Uint8Array, ca: Uint8Array, root: Uint8Array) => readonly Uint8Array[])
    | undefined;
  /** A final change to the whole collateral. */
  readonly finish: (collateral: Record<string, string>) => Record<string, unknown>;
}

export const iso = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
const day = 86_400_000;

export const component = (svn: number): JsonValue => ({ svn });
export const components = (...first: readonly number[]): readonly JsonValue[] =>
  Array.from({ length: 16 }, (_, i) => component(first[i] ?? 0));

/** A TCB level of TCB info. `tdx` has the SVNs of the TDX components and is left out for SGX. */
export const level = (
  tcbStatus: string,
  sgx: readonly number[],
  tdx?: readonly number[],
  more: JsonValue = {},
): JsonValue => ({
  tcb: {
    sgxtcbcomponents: components(...sgx),
    pcesvn: 10,
    ...(tdx === undefined ? {} : { tdxtcbcomponents: components(...tdx) }),
  },
  tcbDate: iso(Date.UTC(2025, 5, 1)),
  tcbStatus,
  ...more,
});

/** A TCB level of a QE or of a TDX module. */
export const svnLevel = (tcbStatus: string, isvsvn: number, more: JsonValue = {}): JsonValue => ({
  tcb: { isvsvn },
  tcbDate: iso(Date.UTC(2025, 5, 1)),
  tcbStatus,
  ...more,
});

const dated: JsonValue = {
  issueDate: iso(at - day),
  nextUpdate: iso(at + 29 * day),
  tcbEvaluationDataNumber: 20,
};
const noSigner = "00".repeat(48);

export const moduleIdentity = (version: string, ...tcbLevels: readonly JsonValue[]): JsonValue => ({
  id: `TDX_${version}`,
  mrsigner: noSigner,
  attributes: "00".repeat(8),
  attributesMask: "ff".repeat(8),
  tcbLevels,
});

export const tcbInfoOf = (tee: "SGX" | "TDX", more: JsonValue = {}): JsonValue => ({
  id: tee,
  version: 3,
  ...dated,
  fmspc: "00906ED50000",
  pceId: "0000",
  tcbType: 0,
  ...(tee === "SGX"
    ? {}
    : { tdxModule: { mrsigner: noSigner, attributes: "00".repeat(8), attributesMask: "FF".repeat(8) } }),
  tcbLevels: [level("UpToDate", [2, 2], tee === "SGX" ? undefined : [3, 0, 4])],
  ...more,
});

export const qeIdentityOf = (tee: "SGX" | "TDX", more: JsonValue = {}): JsonValue => ({
  id: tee === "SGX" ? "QE" : "TD_QE",
  version: 2,
  ...dated,
  miscselect: "00000000",
  miscselectMask: "FFFFFFFF",
  attributes: `11${"00".repeat(15)}`,
  attributesMask: `FB${"FF".repeat(7)}${"00".repeat(8)}`,
  mrsigner: "AB".repeat(32),
  isvprodid: 1,
  tcbLevels: [svnLevel("UpToDate", 8), svnLevel("OutOfDate", 6, { advisoryIDs: ["INTEL-SA-00006"] })],
  ...more,
});

export function evidence(change: Partial<World> = {}): EndorsedDcap {
  const body = change.body ?? "sgx";
  const tee = body === "sgx" ? "SGX" : "TDX";
  const attestationKey = change.attestationKey ?? keys.attestation;
  const world: World = {
    body,
    version: body === "sgx" ? 3 : body === "td10" ? 4 : 5,
    components: [2, 2],
    pceSvn: 10,
    teeTcbSvn: [3, 0, 4],
    teeTcbSvn2: [3, 0, 4],
    mrSignerSeam: new Uint8Array(48),
    seamAttributes: new Uint8Array(8),
    tdAttributes: fromHex("0000001000000000"),
    rtmrs: [6, 7, 8, 9].map((fill) => new Uint8Array(48).fill(fill)),
    sgxAttributes: 0x05,
    qe: {
      isvSvn: 8,
      isvProdId: 1,
      mrsigner: new Uint8Array(32).fill(0xab),
      attributes: fromHex(`15${"00".repeat(7)}e700000000000000`),
      miscSelect: new Uint8Array(4),
    },
    qeReportTail: new Uint8Array(32),
    attestationKey,
    quoteSigner: attestationKey,
    qeSigner: keys.pck,
    certificationDataType: 5,
    pckExtension: undefined,
    pckName: "Intel SGX PCK Certificate",
    caName: "Intel SGX PCK Platform CA",
    fmspc: "00906ed50000",
    pceId: "0000",
    arrange: (...chain) => chain,
    revokedByRoot: [],
    revokedByCa: [],
    crlDates: { thisUpdateMs: at - day, nextUpdateMs: at + 29 * day },
    rootCrlDates: undefined,
    tcbInfo: tcbInfoOf(tee),
    qeIdentity: qeIdentityOf(tee),
    tcbSigningName: "Intel SGX TCB Signing",
    tcbInfoSigner: keys.tcb,
    qeIdentitySigner: keys.tcb,
    tcbChain: undefined,
    finish: (collateral) => collateral,
    ...change,
  };
  const certificates = certify(world);
  return {
    kind: body === "sgx" ? "sgx" : "tdx",
    quote: quoteOf(world, certificates),
    collateral: collateralOf(world, certificates),
  };
}

type Chain = readonly [pck: Uint8Array, ca: Uint8Array, root: Uint8Array];

function certify(world: World): Chain {
  const caName = named(world.caName);
  const value = world.pckExtension ?? pckExtension(world);
  const extensions = [...leafExtensions, { id: "1.2.840.113741.1.13.1", value }];
  const { pck, ca, root: rootKey } = keys;
  return [
    certificate({
      subject: named(world.pckName),
      issuer: caName,
      key: pck,
      by: ca,
      serial: serials.pck,
      extensions,
    }),
    certificate({
      subject: caName,
      issuer: rootName,
      key: ca,
      by: rootKey,
      serial: serials.ca,
      extensions: caExtensions,
    }),
    certificate({ subject: rootName, issuer: rootName, key: rootKey, by: rootKey, extensions: caExtensions }),
  ];
}

/** Intel's extension of a PCK certificate, without the item that `without` names. */
export function pckExtension(
  world: Pick<World, "components" | "pceSvn" | "fmspc" | "pceId">,
  without?: string,
): Uint8Array {
  const id = "1.2.840.113741.1.13.1";
  const item = (path: string, value: Uint8Array) =>
    path === without ? [] : [sequence(oid(`${id}.${path}`), value)];
  const svns = Array.from({ length: 16 }, (_, i) => item(`2.${i + 1}`, integer(world.components[i] ?? 0)));
  return sequence(
    ...item("1", octets(new Uint8Array(16).fill(0x77))),
    ...item(
      "2",
      sequence(
        ...svns.flat(),
        ...item("2.17", integer(world.pceSvn)),
        ...item("2.18", octets(new Uint8Array(16))),
      ),
    ),
    ...item("3", octets(fromHex(world.pceId))),
    ...item("4", octets(fromHex(world.fmspc))),
    ...item("5", der(0x0a, Uint8Array.of(1))),
  );
}

const le16 = (value: number) => Uint8Array.of(value & 0xff, value >> 8);
const le32 = (value: number) => concat(le16(value & 0xffff), le16(value >>> 16));
const padded = (bytes: readonly number[], length: number) =>
  Uint8Array.from({ length }, (_, i) => bytes[i] ?? 0);

function quoteOf(world: World, certificates: Chain): Uint8Array {
  const { version } = world;
  const key = world.attestationKey.point.subarray(1);
  const header = concat(
    le16(version),
    le16(2),
    le32(world.body === "sgx" ? 0 : 0x81),
    new Uint8Array(4),
    fromHex("939a7233f79c4ca9940a0db3957f0607"),
    new Uint8Array(20),
  );
  const body = world.body === "sgx" ? sgxBody(world) : tdxBody(world);
  const type = { sgx: 1, td10: 2, td15: 3 }[world.body];
  const signed = version === 5 ? concat(header, le16(type), le32(body.length), body) : concat(header, body);
  const authData = utf8("authentication data");
  const qe = qeReport(world, portableCrypto.sha256(concat(key, authData)));
  const chain = concat(utf8(pem(...world.arrange(...certificates))), Uint8Array.of(0));
  const certification = concat(
    qe,
    world.qeSigner.sign(qe),
    le16(authData.length),
    authData,
    le16(world.certificationDataType),
    le32(chain.length),
    chain,
  );
  const outer = version === 3 ? certification : concat(le16(6), le32(certification.length), certification);
  const auth = concat(world.quoteSigner.sign(signed), key, outer);
  return concat(signed, le32(auth.length), auth);
}

function sgxReport(
  parts: Pick<World["qe"], "miscSelect" | "attributes" | "mrsigner" | "isvProdId" | "isvSvn">,
  mrenclave: Uint8Array,
  reportData: Uint8Array,
): Uint8Array {
  return concat(
    new Uint8Array(16),
    parts.miscSelect,
    new Uint8Array(28),
    parts.attributes,
    mrenclave,
    new Uint8Array(32),
    parts.mrsigner,
    new Uint8Array(96),
    le16(parts.isvProdId),
    le16(parts.isvSvn),
    new Uint8Array(60),
    reportData,
  );
}

function qeReport({ qe, qeReportTail }: World, binding: Uint8Array): Uint8Array {
  return sgxReport(qe, new Uint8Array(32).fill(0x0e), concat(binding, qeReportTail));
}

const reportData = Uint8Array.from({ length: 64 }, (_, i) => i + 1);

function sgxBody(world: World): Uint8Array {
  const attributes = padded([world.sgxAttributes, 0, 0, 0, 0, 0, 0, 0, 0xe7], 16);
  const own = {
    miscSelect: Uint8Array.of(1, 2, 3, 4),
    attributes,
    mrsigner: new Uint8Array(32).fill(0x51),
    isvProdId: 258,
    isvSvn: 772,
  };
  return sgxReport(own, new Uint8Array(32).fill(0xe1), reportData);
}

function tdxBody(world: World): Uint8Array {
  const hash = (fill: number) => new Uint8Array(48).fill(fill);
  return concat(
    padded(world.teeTcbSvn, 16),
    hash(1),
    world.mrSignerSeam,
    world.seamAttributes,
    world.tdAttributes,
    fromHex("e702060000000000"),
    hash(2),
    hash(3),
    hash(4),
    hash(5),
    ...world.rtmrs,
    reportData,
    ...(world.body === "td15" ? [padded(world.teeTcbSvn2, 16), hash(10)] : []),
  );
}

function collateralOf(world: World, certificates: Chain): Uint8Array {
  const [, ca, rootCertificate] = certificates;
  const signer = certificate({
    subject: named(world.tcbSigningName),
    issuer: rootName,
    key: keys.tcb,
    by: keys.root,
    serial: serials.tcb,
  });
  const tcbChain = pem(...(world.tcbChain?.(...certificates) ?? [signer, rootCertificate]));
  const [tcbInfo, qeIdentity] = [JSON.stringify(world.tcbInfo), JSON.stringify(world.qeIdentity)];
  const sign = (key: Key, text: string) => toHex(key.sign(utf8(text)));
  const collateral = {
    pck_crl_issuer_chain: pem(ca, rootCertificate),
    root_ca_crl: toHex(
      crl({
        issuer: rootName,
        by: keys.root,
        revoked: world.revokedByRoot,
        ...(world.rootCrlDates ?? world.crlDates),
      }),
    ),
    pck_crl: toHex(
      crl({ issuer: named(world.caName), by: keys.ca, revoked: world.revokedByCa, ...world.crlDates }),
    ),
    tcb_info_issuer_chain: tcbChain,
    tcb_info: tcbInfo,
    tcb_info_signature: sign(world.tcbInfoSigner, tcbInfo),
    qe_identity_issuer_chain: tcbChain,
    qe_identity: qeIdentity,
    qe_identity_signature: sign(world.qeIdentitySigner, qeIdentity),
  };
  return utf8(JSON.stringify(world.finish(collateral)));
}
