/** A made-up TPM: quotes in the layout of TPM 2.0, signed with the tests' own keys. */
import { createHash, sign } from "node:crypto";
import { concat, utf8 } from "../../../src/bytes/index.ts";
import type { Keys } from "../pki.ts";

const be = (value: number, length: number) =>
  Uint8Array.from({ length }, (_, i) => Math.floor(value / 256 ** (length - 1 - i)) & 255);
const sized = (bytes: Uint8Array) => concat(be(bytes.length, 2), bytes);

export const sha256 = (...parts: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(
    createHash("sha256")
      .update(concat(...parts))
      .digest(),
  );

/** The 24 PCRs. PCR n has 32 bytes, each with the value n. */
export const pcrs: readonly Uint8Array[] = Array.from({ length: 24 }, (_, i) => new Uint8Array(32).fill(i));

export interface QuoteFields {
  readonly magic: number;
  readonly type: number;
  readonly nonce: Uint8Array;
  readonly selection: readonly number[];
  readonly bank: number;
  readonly banks: number;
  readonly digest: Uint8Array;
}

/** A TPMS_ATTEST; by default, a valid quote of registers 0, 7 and 23. */
export function message(fields: Partial<QuoteFields> = {}): Uint8Array {
  const {
    magic = 0xff544347,
    type = 0x8018,
    nonce = utf8("nonce"),
    selection = [0, 7, 23],
    bank = 0x0b,
    banks = 1,
  } = fields;
  const { digest = sha256(...selection.map((i) => pcrs[i] as Uint8Array)) } = fields;
  const bits = new Uint8Array(3);
  for (const i of selection) bits[i >> 3] = (bits[i >> 3] as number) | (1 << (i & 7));
  const clock = new Uint8Array(17).fill(5);
  const head = [be(magic, 4), be(type, 2), sized(new Uint8Array(34)), sized(nonce), clock, new Uint8Array(8)];
  return concat(...head, be(banks, 4), be(bank, 2), be(3, 1), bits, sized(digest));
}

/** An RSASSA-PKCS1-v1_5 signature over SHA-256, without the TPM's structure around it. */
export function rsaSignature({ privateKey }: Keys, bytes: Uint8Array): Uint8Array {
  return Uint8Array.from(sign("sha256", bytes, privateKey));
}
