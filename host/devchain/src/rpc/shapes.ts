/** Converts blocks to the JSON of the legacy API. */
import { to0x, utf8 } from "@pruntime/core/bytes";
import { type Header, writeDigestItem } from "@pruntime/core/chain";
import { encode } from "@pruntime/core/scale";
import type { Block } from "../block.ts";

/** Converts a header. Its number becomes hex without leading zeros. */
export function headerJson(header: Header): unknown {
  return {
    parentHash: to0x(header.parentHash),
    number: `0x${header.number.toString(16)}`,
    stateRoot: to0x(header.stateRoot),
    extrinsicsRoot: to0x(header.extrinsicsRoot),
    digest: { logs: header.digest.map((item) => to0x(encode(item, writeDigestItem))) },
  };
}

/**
 * Converts a block and its stored justification, which becomes `[engine, justification]`, both as arrays of
 * byte values.
 */
export function signedBlockJson(block: Block, justification: Uint8Array | undefined): unknown {
  return {
    block: { header: headerJson(block.header), extrinsics: block.body.map(to0x) },
    justifications: justification === undefined ? null : [[[...grandpaEngine], [...justification]]],
  };
}

const grandpaEngine = utf8("FRNK");

/** Writes a value that may be absent. An absent value is `null`; an empty value is `"0x"`. */
export function optionalHex(bytes: Uint8Array | undefined): string | null {
  return bytes === undefined ? null : to0x(bytes);
}
