/**
 * Reads AMD's own extensions in the certificate of a VCEK or VLEK. The extensions describe the chip and its
 * firmware.
 * @see https://www.amd.com/content/dam/amd/en/documents/epyc-technical-docs/specifications/57230.pdf (section
 * 3.1)
 */
import { decodeDer } from "../../asn1/index.ts";
import { equal } from "../../bytes/index.ts";
import { type Certificate, commonName } from "../../x509/index.ts";
import type { SnpProduct } from "../evidence/snp.ts";
import { SnpError } from "./error.ts";
import type { SnpReport } from "./report.ts";

const amd = "1.3.6.1.4.1.3704.1";
const idChip = `${amd}.4`;

/** A part of the firmware that has its own version number in a TCB. */
export type TcbPart = "bootLoader" | "tee" | "snp" | "microcode" | "fmc";

const tcbExtensions: Readonly<Record<TcbPart, string>> = {
  bootLoader: `${amd}.3.1`,
  tee: `${amd}.3.2`,
  snp: `${amd}.3.3`,
  microcode: `${amd}.3.8`,
  fmc: `${amd}.3.9`,
};

/** The firmware part for each of the eight bytes of a TCB; `undefined` for a reserved byte. */
type TcbLayout = readonly (TcbPart | undefined)[];

const untilGenoa: TcbLayout = [
  "bootLoader",
  "tee",
  undefined,
  undefined,
  undefined,
  undefined,
  "snp",
  "microcode",
];

/** The layout of a TCB by product. */
export const tcbLayouts: Readonly<Record<SnpProduct, TcbLayout>> = {
  milan: untilGenoa,
  genoa: untilGenoa,
  turin: ["fmc", "bootLoader", "tee", "snp", undefined, undefined, undefined, "microcode"],
};

/**
 * Returns the kind of key that a certificate is for.
 * @throws {@link SnpError} `snp/wrong-vek` if the certificate is for neither a VCEK nor a VLEK
 */
export function vekKind(vek: Certificate): "vcek" | "vlek" {
  const name = commonName(vek.subject);
  if (name !== "SEV-VCEK" && name !== "SEV-VLEK") throw new SnpError({ code: "snp/wrong-vek" });
  return name === "SEV-VCEK" ? "vcek" : "vlek";
}

/**
 * Checks that a report states the firmware versions that are in the certificate of its signing key, and that
 * the reserved bytes among the versions are zero.
 * @throws {@link SnpError} `snp/tcb-mismatch`, `snp/bad-vek`; Asn1Error
 */
export function assertTcb(product: SnpProduct, vek: Certificate, { reportedTcb }: SnpReport): void {
  tcbLayouts[product].forEach((part, i) => {
    const oid = part && tcbExtensions[part];
    const want = oid === undefined ? 0 : numberOf(vek, oid);
    if (reportedTcb[i] !== want) throw new SnpError({ code: "snp/tcb-mismatch", oid: oid ?? "" });
  });
}

/** The chip that a report comes from. */
export interface Chip {
  /** 64 bytes. An id of eight bytes, as in certificates of Turin, is followed by zeros. */
  readonly id: Uint8Array;
  /**
   * Whether a report signed with a VCEK has a chip id of zeros, because the host set `MASK_CHIP_ID`. Always
   * `false` for a VLEK.
   */
  readonly masked: boolean;
}

/**
 * Returns the chip of a VCEK, and checks that the report names the same chip. A masked report names no chip,
 * but its signature proves the chip because no other chip has the VCEK's key.
 * @throws {@link SnpError} `snp/wrong-chip` if the report names a different chip, or if the chip id in the
 * certificate has a wrong length; `snp/bad-vek`
 */
export function chipOf(product: SnpProduct, vcek: Certificate, { chipId }: SnpReport): Chip {
  const certified = extensionOf(vcek, idChip);
  const used = product === "turin" && certified.length === 8 ? 8 : 64;
  if (certified.length !== used) throw new SnpError({ code: "snp/wrong-chip" });
  const id = new Uint8Array(64);
  id.set(certified);
  const masked = chipId.every((byte) => byte === 0);
  if (!masked && !equal(id, chipId)) throw new SnpError({ code: "snp/wrong-chip" });
  return { id, masked };
}

function numberOf(vek: Certificate, oid: string): number {
  return decodeDer(extensionOf(vek, oid), (r) => r.number(1));
}

function extensionOf({ extensions }: Certificate, oid: string): Uint8Array {
  const value = extensions.get(oid);
  if (value === undefined) throw new SnpError({ code: "snp/bad-vek", oid });
  return value;
}
