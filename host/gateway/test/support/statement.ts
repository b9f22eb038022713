import { encodeStatement, type SignedStatement } from "@pruntime/core/statement";

/** A statement about these blocks and this chain time. Nothing else in it is true. */
export function statement(
  finalizedNumber: number,
  dispatchedNumber: number,
  chainTimeMs: number,
): SignedStatement {
  const hash = new Uint8Array(32);
  const bytes = encodeStatement({
    requestHash: hash,
    replyHash: hash,
    genesisHash: hash,
    anchor: hash,
    finalizedNumber,
    finalizedHash: hash,
    dispatchedNumber,
    dispatchedHash: hash,
    chainTimeMs: BigInt(chainTimeMs),
    stateRoot: hash,
    measurement: hash,
    rules: 1,
    runtimeUnreadable: false,
  });
  return { bytes, signature: new Uint8Array(64) };
}
