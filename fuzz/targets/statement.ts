import { concat } from "@pruntime/core/bytes";
import { portableCrypto as crypto, type Secp256k1Signer } from "@pruntime/core/crypto";
import {
  decodeStatement,
  encodeStatement,
  type Statement,
  signStatement,
  verifyStatement,
} from "@pruntime/core/statement";
import { Broken, canonical, signaturesHeap, type Target, verdict } from "../target.ts";

const signer = crypto.secp256k1.signer(new Uint8Array(32).fill(3)) as Secp256k1Signer;
const hash = (byte: number) => new Uint8Array(32).fill(byte);
const exchange = { requestHash: hash(1), replyHash: hash(2) };
const genuine: Statement = {
  ...exchange,
  genesisHash: hash(3),
  anchor: hash(4),
  finalizedNumber: 9,
  finalizedHash: hash(5),
  dispatchedNumber: 8,
  dispatchedHash: hash(8),
  chainTimeMs: 1_600_000_000_000n,
  stateRoot: hash(6),
  measurement: hash(7),
  rules: 1,
  runtimeUnreadable: false,
};
const signed = signStatement(crypto, signer, genuine);

/** Verifies a statement. An input is a signature (64 bytes) followed by a statement. */
export const target: Target = {
  leastHeap: signaturesHeap,
  run: (input) => {
    const [signature, bytes] = [input.subarray(0, 64), input.subarray(64)];
    const statement = canonical(bytes, decodeStatement(bytes), encodeStatement);
    const verified = verdict(() => verifyStatement(crypto, signer, exchange, bytes, signature));
    if (typeof verified !== "string" && encodeStatement(statement).join() !== signed.bytes.join())
      throw new Broken("the worker did not sign this statement");
    return [statement, verified];
  },
  genuine: () => ({ signed: concat(signed.signature, signed.bytes) }),
};
