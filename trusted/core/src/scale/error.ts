import { ProtocolError } from "../errors/index.ts";

export type CodecErrorDetail =
  | { readonly code: "codec/truncated"; readonly offset: number; readonly need: number; readonly have: number }
  | { readonly code: "codec/trailing"; readonly offset: number; readonly extra: number }
  | { readonly code: "codec/non-canonical"; readonly offset: number; readonly type: string }
  | { readonly code: "codec/bad-tag"; readonly offset: number; readonly type: string; readonly tag: number }
  | { readonly code: "codec/too-long"; readonly offset: number; readonly length: bigint; readonly limit: number }
  | { readonly code: "codec/out-of-range"; readonly type: string };

/** Bytes that are not the one encoding of a value. */
export class CodecError extends ProtocolError<CodecErrorDetail> {}
