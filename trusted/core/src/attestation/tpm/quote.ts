/**
 * The structure that a TPM signs in a quote (TPM 2.0 Library, part 2): TPMS_ATTEST of type quote. Integers
 * are big-endian. This file checks the syntax only.
 * @see https://trustedcomputinggroup.org/resource/tpm-library-specification/
 */
import { decodeAll, type Reader } from "../../scale/index.ts";
import { TpmError } from "./error.ts";

/** A decoded quote. It is not verified. */
export interface TpmQuote {
  /** The bytes that the requester passed in: the only part that shows that the quote is fresh. */
  readonly extraData: Uint8Array;
  /** The numbers of the registers that the quote covers, ascending, SHA-256 bank. */
  readonly selection: readonly number[];
  readonly pcrDigest: Uint8Array;
}

const magic = 0xff544347;
const typeQuote = 0x8018;
const sha256 = 0x000b;
/**
 * The length of TPM2B_DATA and TPM2B_NAME in a quote.
 * @limit bytes
 * @source TPM 2.0: the fields contain at most a hash and its algorithm's id
 * @past `tpm/not-a-quote`
 */
const maxField = 68;

/** Reads a TPMS_ATTEST of type quote, without trailing bytes. @throws {@link TpmError}, CodecError */
export function decodeTpmQuote(bytes: Uint8Array): TpmQuote {
  return decodeAll(bytes, (r) => {
    if (u32(r) !== magic || u16(r) !== typeQuote) throw new TpmError({ code: "tpm/not-a-quote" });
    sized(r); // name of the signing key, which the verifier already has
    const extraData = sized(r);
    r.skip(8 + 4 + 4 + 1 + 8); // clock, reset and restart counts, safe flag, firmware version
    const selection = readSelection(r);
    return { extraData, selection, pcrDigest: sized(r) };
  });
}

function readSelection(r: Reader): readonly number[] {
  const [count, hash, size] = [u32(r), u16(r), r.u8()];
  if (count !== 1 || hash !== sha256 || size !== 3) throw new TpmError({ code: "tpm/unsupported-bank" });
  const bits = r.take(3);
  return Array.from({ length: 24 }, (_, i) => i).filter(
    (i) => ((bits[i >> 3] as number) & (1 << (i & 7))) !== 0,
  );
}

/** Reads a TPM2B: a length, then that many bytes. */
function sized(r: Reader): Uint8Array {
  const length = u16(r);
  if (length > maxField) throw new TpmError({ code: "tpm/not-a-quote" });
  return r.take(length);
}

function u16(r: Reader): number {
  return r.u8() * 0x100 + r.u8();
}

function u32(r: Reader): number {
  return u16(r) * 0x1_0000 + u16(r);
}
