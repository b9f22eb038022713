import { ProtocolError } from "../errors/index.ts";

/** Why SCALE bytes are rejected. Offsets are in bytes from the start of the input. */
export type CodecErrorDetail =
  /** The input ends inside a value: the input was cut off, or is not of the expected type. */
  | {
      readonly code: "codec/truncated";
      readonly offset: number;
      readonly need: number;
      readonly have: number;
    }
  /** Bytes are left over after the value: there are several values, or the type is not the expected type. */
  | { readonly code: "codec/trailing"; readonly offset: number; readonly extra: number }
  /** A value is not written in its shortest form, which is the only form allowed. */
  | { readonly code: "codec/non-canonical"; readonly offset: number; readonly type: string }
  /** The type has no variant with this index. A boolean or an option allows only 0 and 1. */
  | { readonly code: "codec/bad-tag"; readonly offset: number; readonly type: string; readonly tag: number }
  /** A length prefix is larger than the rest of the input or than the protocol allows. */
  | {
      readonly code: "codec/too-long";
      readonly offset: number;
      readonly length: bigint;
      readonly limit: number;
    }
  /** A value does not fit its type: a number is out of range, or a byte string has the wrong length. */
  | { readonly code: "codec/out-of-range"; readonly type: string };

/** Thrown for bytes that are not a canonical encoding, and for values that cannot be encoded. */
export class CodecError extends ProtocolError<CodecErrorDetail> {}
