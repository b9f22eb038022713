/**
 * The attestation report of SEV-SNP, versions 2 to 5: 1184 bytes, of which the first 672 are signed. Integers
 * are little-endian.
 * @see https://www.amd.com/content/dam/amd/en/documents/epyc-technical-docs/specifications/56860.pdf
 * (ATTESTATION_REPORT)
 */
import { decodeAll, type Reader } from "../../scale/index.ts";
import { SnpError } from "./error.ts";

/** The length of a report, in bytes. */
export const snpReportLength = 1184;
const signedLength = 672;

/** A decoded report. It is not verified. */
export interface SnpReport {
  readonly version: number;
  readonly guestSvn: number;
  readonly guestPolicy: bigint;
  readonly familyId: Uint8Array;
  readonly imageId: Uint8Array;
  readonly vmpl: number;
  readonly platformInfo: bigint;
  /** The kind of the signing key: 0 is VCEK, 1 is VLEK. */
  readonly signingKey: number;
  readonly reportData: Uint8Array;
  readonly measurement: Uint8Array;
  readonly hostData: Uint8Array;
  readonly idKeyDigest: Uint8Array;
  readonly authorKeyDigest: Uint8Array;
  readonly reportedTcb: Uint8Array;
  /** Present from version 3 on. */
  readonly cpu: { readonly family: number; readonly model: number } | undefined;
  readonly chipId: Uint8Array;
  /** The bytes that the signature covers. */
  readonly signed: Uint8Array;
  /** r ‖ s, big-endian, 96 bytes. */
  readonly signature: Uint8Array;
}

/** The bit of every guest's policy that must be set. It has no meaning. */
const alwaysSet = 1n << 17n;

/** Reads a report. @throws {@link SnpError}, CodecError */
export function decodeSnpReport(bytes: Uint8Array): SnpReport {
  if (bytes.length !== snpReportLength) throw new SnpError({ code: "snp/bad-length", length: bytes.length });
  return decodeAll(bytes, (r) => ({
    ...readSigned(r),
    signed: bytes.subarray(0, signedLength),
    signature: readSignature(r),
  }));
}

function readSigned(r: Reader): Omit<SnpReport, "signed" | "signature"> {
  const version = r.u32();
  if (version < 2 || version > 5) throw new SnpError({ code: "snp/unsupported-version", version });
  const guestSvn = r.u32();
  const guestPolicy = readGuestPolicy(r);
  const [familyId, imageId, vmpl] = [r.take(16), r.take(16), r.u32()];
  const algorithm = r.u32();
  if (algorithm !== 1) throw new SnpError({ code: "snp/unsupported-signature", algorithm });
  r.skip(8); // current TCB, which the host may still roll back
  const platformInfo = r.u64();
  const signingKey = readSigningKey(r);
  const [reportData, measurement, hostData] = [r.take(64), r.take(48), r.take(32)];
  const [idKeyDigest, authorKeyDigest] = [r.take(48), r.take(48)];
  r.skip(64); // ids of this report and of the migration agent's report
  const reportedTcb = r.take(8);
  const cpu = readCpu(r, version);
  const chipId = r.take(64);
  skipVersions(r, version);
  const digests = { reportData, measurement, hostData, idKeyDigest, authorKeyDigest };
  return {
    version,
    guestSvn,
    guestPolicy,
    familyId,
    imageId,
    vmpl,
    platformInfo,
    signingKey,
    ...digests,
    reportedTcb,
    cpu,
    chipId,
  };
}

function readGuestPolicy(r: Reader): bigint {
  const policy = r.u64();
  if ((policy & alwaysSet) === 0n) throw new SnpError({ code: "snp/bad-guest-policy" });
  return policy;
}

/**
 * Reads the kind of the signing key, bits 2 to 4 of a u32. In the same u32, bit 0 states whether there is an
 * author key, and bit 1 whether the chip's key is masked.
 */
function readSigningKey(r: Reader): number {
  const offset = r.offset;
  const flags = r.u32();
  if (flags >= 32) throw new SnpError({ code: "snp/reserved-not-zero", offset });
  skipZeros(r, 4);
  return flags >> 2;
}

function readCpu(r: Reader, version: number): SnpReport["cpu"] {
  if (version === 2) {
    skipZeros(r, 24);
    return undefined;
  }
  const [family, model] = [r.u8(), r.u8()];
  r.skip(1); // stepping
  skipZeros(r, 21);
  return { family, model };
}

/**
 * Skips the committed TCB, the firmware versions and the launch TCB. From version 5 on, also skips the lists
 * of mitigated vulnerabilities.
 */
function skipVersions(r: Reader, version: number): void {
  r.skip(8 + 3);
  skipZeros(r, 1);
  r.skip(3);
  skipZeros(r, 1);
  r.skip(8);
  if (version >= 5) r.skip(16);
  skipZeros(r, signedLength - r.offset);
}

/**
 * Reads r and s. Each is 48 bytes, little-endian, followed by 24 zeros. Checks that the rest is zeros.
 * Returns r ‖ s, big-endian.
 */
function readSignature(r: Reader): Uint8Array {
  const signature = new Uint8Array(96);
  for (const at of [0, 48]) {
    signature.set(r.take(48).slice().reverse(), at);
    skipZeros(r, 24);
  }
  skipZeros(r, r.left);
  return signature;
}

function skipZeros(r: Reader, length: number): void {
  const offset = r.offset;
  if (r.take(length).some((byte) => byte !== 0))
    throw new SnpError({ code: "snp/reserved-not-zero", offset });
}
