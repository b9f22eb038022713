import { ProtocolError } from "../errors/index.ts";

export type CodecErrorDetail =
  /** The input ends inside a value: it was cut short, or is not what it claims to be. */
  | {
      readonly code: "codec/truncated";
      readonly offset: number;
      readonly need: number;
      readonly have: number;
    }
  /** Bytes are left over after the value: the input holds more than one value, or another type. */
  | { readonly code: "codec/trailing"; readonly offset: number; readonly extra: number }
  /** A value is not written in its one shortest form. */
  | { readonly code: "codec/non-canonical"; readonly offset: number; readonly type: string }
  /** A variant index (or boolean, or option) that the type does not have. */
  | { readonly code: "codec/bad-tag"; readonly offset: number; readonly type: string; readonly tag: number }
  /** A length prefix promises more than the input holds or the protocol allows. */
  | {
      readonly code: "codec/too-long";
      readonly offset: number;
      readonly length: bigint;
      readonly limit: number;
    }
  /** A number does not fit the integer type it is stored in. */
  | { readonly code: "codec/out-of-range"; readonly type: string };

/** Bytes that are not the one encoding of a value. */
export class CodecError extends ProtocolError<CodecErrorDetail> {}
