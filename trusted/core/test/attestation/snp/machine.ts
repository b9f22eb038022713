/** A made-up AMD root and its chips, for products and states for which there is no public evidence. */
import { sign } from "node:crypto";
import {
  type AmdRoots,
  amdRoots,
  type EndorsedSnp,
  type SnpProduct,
} from "../../../src/attestation/index.ts";
import { ecKeys, integer, issue, type Keys, rootOf, rsaKeys } from "../pki.ts";

const amd = "1.3.6.1.4.1.3704.1";
const [ark, ask, vek] = [rsaKeys(), rsaKeys(), ecKeys("P-384")];
export const otherVek: Keys = ecKeys("P-384");

export const at: number = Date.parse("2026-06-15T12:00:00Z");
export const chipId: Uint8Array = Uint8Array.from({ length: 64 }, (_, i) => i + 1);

export interface Machine {
  readonly product: SnpProduct;
  readonly signedBy: "vcek" | "vlek";
  /** The versions of boot loader, TEE, SNP, microcode and FMC in the certificate. */
  readonly firmware: readonly [number, number, number, number, number];
  /** The value of extension `1.3.6.1.4.1.3704.1.4`; `undefined` leaves the extension out. */
  readonly hwid: Uint8Array | undefined;
  readonly leafName: string;
  /** The dotted identifiers of extensions that the certificate lacks. */
  readonly without: readonly string[];
}

export const milan: Machine = {
  product: "milan",
  signedBy: "vcek",
  firmware: [4, 0, 24, 219, 0],
  hwid: chipId,
  leafName: "SEV-VCEK",
  without: [],
};

const capital = (product: SnpProduct) => product[0]?.toUpperCase() + product.slice(1);
/** The real root's name. */
const arkOf = (product: SnpProduct) => amdRoots[product].subject;

/** Trusts the made-up root for one product, and AMD's real roots for the other products. */
export function rootsOf(product: SnpProduct): AmdRoots {
  return { ...amdRoots, [product]: rootOf(arkCertificate(product)) };
}

function arkCertificate(product: SnpProduct): Uint8Array {
  const name = arkOf(product);
  return issue({ subject: name, issuer: name, of: ark, by: ark, algorithm: "rsa-pss-sha384", ca: true });
}

/** The certificate of the signing key, and the certificates above it. */
export function certificatesOf(machine: Machine): Pick<EndorsedSnp, "vek" | "chain"> {
  const { product, signedBy, firmware, hwid, leafName, without } = machine;
  const between = signedBy === "vcek" ? `SEV-${capital(product)}` : `SEV-VLEK-${capital(product)}`;
  const [bootLoader, tee, snp, microcode, fmc] = firmware;
  const extensions = {
    [`${amd}.3.1`]: integer(bootLoader),
    [`${amd}.3.2`]: integer(tee),
    [`${amd}.3.3`]: integer(snp),
    [`${amd}.3.8`]: integer(microcode),
    ...(product === "turin" ? { [`${amd}.3.9`]: integer(fmc) } : {}),
    ...(hwid === undefined ? {} : { [`${amd}.4`]: hwid }),
  };
  const kept = Object.fromEntries(Object.entries(extensions).filter(([id]) => !without.includes(id)));
  const algorithm = "rsa-pss-sha384";
  return {
    vek: issue({ subject: leafName, issuer: between, of: vek, by: ask, algorithm, extensions: kept }),
    chain: [
      issue({ subject: between, issuer: arkOf(product), of: ask, by: ark, algorithm, ca: true }),
      arkCertificate(product),
    ],
  };
}

export interface ReportFields {
  readonly version: number;
  readonly policy: bigint;
  readonly vmpl: number;
  readonly cpu: readonly [number, number];
  readonly tcb: readonly number[];
  readonly chipId: Uint8Array;
  /** The flags that state the kind of the signing key. */
  readonly flags: number;
  /**
   * Bytes to overwrite, by offset. Bytes of the signature (from offset 672) are overwritten after signing.
   */
  readonly patch: Readonly<Record<number, number>>;
  readonly key: Keys;
}

const cpus: Readonly<Record<SnpProduct, readonly [number, number]>> = {
  milan: [0x19, 0x01],
  genoa: [0x19, 0x11],
  turin: [0x1a, 0x02],
};

/** A signed report. By default, it agrees with the machine. */
export function reportOf(
  { product, firmware, signedBy }: Machine,
  fields: Partial<ReportFields> = {},
): Uint8Array {
  const [bootLoader, tee, snp, microcode, fmc] = firmware;
  const turin = product === "turin";
  const {
    version = 3,
    policy = 0x30000n,
    vmpl = 0,
    cpu = cpus[product],
    tcb = turin
      ? [fmc, bootLoader, tee, snp, 0, 0, 0, microcode]
      : [bootLoader, tee, 0, 0, 0, 0, snp, microcode],
    flags = signedBy === "vcek" ? 0 : 4,
    patch = {},
    key = { publicKey: vek.publicKey, privateKey: vek.privateKey },
  } = fields;
  const id = fields.chipId ?? (signedBy === "vlek" ? new Uint8Array(64) : chipId);
  const report = new Uint8Array(1184);
  const view = new DataView(report.buffer);
  view.setUint32(0, version, true);
  view.setUint32(4, 6, true);
  view.setBigUint64(8, policy, true);
  view.setUint32(0x30, vmpl, true);
  view.setUint32(0x34, 1, true);
  view.setUint32(0x48, flags, true);
  report.fill(0xda, 0x50, 0x90);
  report.fill(0x3e, 0x90, 0xc0);
  report.set(tcb, 0x180);
  if (version > 2) report.set(cpu, 0x188);
  report.set(id, 0x1a0);
  for (const [offset, byte] of Object.entries(patch)) report[Number(offset)] = byte;
  const signature = sign("sha384", report.subarray(0, 672), {
    key: key.privateKey,
    dsaEncoding: "ieee-p1363",
  });
  report.set(signature.subarray(0, 48).reverse(), 672);
  report.set(signature.subarray(48).reverse(), 672 + 72);
  for (const [offset, byte] of Object.entries(patch))
    if (Number(offset) >= 672) report[Number(offset)] = byte;
  return report;
}

export function evidenceOf(machine: Machine, fields: Partial<ReportFields> = {}): EndorsedSnp {
  return { kind: "snp", report: reportOf(machine, fields), ...certificatesOf(machine) };
}
