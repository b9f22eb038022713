/**
 * The statement that a worker signs with every reply. The statement contains the hashes of the request and of
 * the reply, and describes the worker at the time of the reply: the chain, the latest blocks, the state root
 * and the code. SCALE, {@link statementBytes} bytes: version u8 | request hash | reply hash | genesis hash |
 * anchor | finalized number u32 | finalized hash | dispatched number u32 | dispatched hash | chain time u64 |
 * state root | measurement | rules number u32 | runtime unreadable bool. The secp256k1 signature is over
 * sha256("pruntime/statement/3" ‖ bytes).
 */
import { concat, equal, utf8 } from "../bytes/index.ts";
import { fixed32 } from "../chain/index.ts";
import type { Crypto, Secp256k1Signer } from "../crypto/index.ts";
import { decodeAll, encode, type Reader } from "../scale/index.ts";
import { StatementError } from "./error.ts";

/** A worker's claim about one reply, and about its own chain, state and code at the time of the reply. */
export interface Statement {
  readonly requestHash: Uint8Array;
  readonly replyHash: Uint8Array;
  readonly genesisHash: Uint8Array;
  /**
   * The hash of everything that the worker trusts from its start, such as the genesis state and runtime
   * metadata.
   */
  readonly anchor: Uint8Array;
  readonly finalizedNumber: number;
  readonly finalizedHash: Uint8Array;
  /** The number of the latest block whose commands were executed. */
  readonly dispatchedNumber: number;
  readonly dispatchedHash: Uint8Array;
  /** The chain time of the latest dispatched block, in Unix milliseconds; 0 if this time is unknown. */
  readonly chainTimeMs: bigint;
  readonly stateRoot: Uint8Array;
  /** The measurement of the code that the worker runs. */
  readonly measurement: Uint8Array;
  /** The version of the rules by which the worker turns blocks into state (see `rulesNumber`). */
  readonly rules: number;
  /**
   * Whether the worker has stopped dispatching blocks, because its program cannot read the chain's newest
   * runtime.
   */
  readonly runtimeUnreadable: boolean;
}

/** A statement's bytes and the worker's signature, in the form in which both are sent. */
export interface SignedStatement {
  readonly bytes: Uint8Array;
  /** r ‖ s, 64 bytes. */
  readonly signature: Uint8Array;
}

/**
 * The length of an encoded statement.
 * @format
 */
export const statementBytes = 278;

const version = 3;
const domain = utf8("pruntime/statement/3");

/** sha256(action ‖ 0x00 ‖ raw HTTP body). */
export function requestHash(crypto: Crypto, action: string, body: Uint8Array): Uint8Array {
  return crypto.sha256(concat(utf8(action), Uint8Array.of(0), body));
}

/** sha256 of the reply's payload text. */
export function replyHash(crypto: Crypto, payload: string): Uint8Array {
  return crypto.sha256(utf8(payload));
}

/** Returns the bytes that a worker signs. @throws CodecError `codec/out-of-range` */
export function encodeStatement(statement: Statement): Uint8Array {
  return encode(statement, (w, s) => {
    w.u8(version)
      .raw(fixed32(s.requestHash))
      .raw(fixed32(s.replyHash))
      .raw(fixed32(s.genesisHash))
      .raw(fixed32(s.anchor));
    w.u32(s.finalizedNumber).raw(fixed32(s.finalizedHash));
    w.u32(s.dispatchedNumber).raw(fixed32(s.dispatchedHash)).u64(s.chainTimeMs);
    w.raw(fixed32(s.stateRoot)).raw(fixed32(s.measurement)).u32(s.rules).bool(s.runtimeUnreadable);
  });
}

/**
 * Decodes a statement. Nothing in it is verified.
 * @throws CodecError; {@link StatementError} `statement/unknown-version`
 */
export function decodeStatement(bytes: Uint8Array): Statement {
  return decodeAll(bytes, readStatement);
}

function readStatement(r: Reader): Statement {
  const have = r.u8();
  if (have !== version) throw new StatementError({ code: "statement/unknown-version", version: have });
  const hash = () => r.take(32).slice();
  return {
    requestHash: hash(),
    replyHash: hash(),
    genesisHash: hash(),
    anchor: hash(),
    finalizedNumber: r.u32(),
    finalizedHash: hash(),
    dispatchedNumber: r.u32(),
    dispatchedHash: hash(),
    chainTimeMs: r.u64(),
    stateRoot: hash(),
    measurement: hash(),
    rules: r.u32(),
    runtimeUnreadable: r.bool(),
  };
}

/** Signs a statement with the worker's identity key. */
export function signStatement(
  crypto: Crypto,
  signer: Secp256k1Signer,
  statement: Statement,
): SignedStatement {
  const bytes = encodeStatement(statement);
  return { bytes, signature: signer.sign(signedHash(crypto, bytes)) };
}

/** The worker whose statements the client accepts. */
export interface StatementSigner {
  /** The compressed secp256k1 identity key that the client has accepted, 33 bytes. */
  readonly publicKey: Uint8Array;
}

/** The hashes of the request that the client sent and of the reply that it received, 32 bytes each. */
export interface ExchangeHashes {
  readonly requestHash: Uint8Array;
  readonly replyHash: Uint8Array;
}

/**
 * Checks that the trusted worker signed the statement, and that the statement names the expected request and
 * reply. Returns the statement. The caller must check the chain, the age and the code in the statement.
 * @throws {@link StatementError}; CodecError
 */
export function verifyStatement(
  crypto: Crypto,
  trusted: StatementSigner,
  expected: ExchangeHashes,
  bytes: Uint8Array,
  signature: Uint8Array,
): Statement {
  if (!crypto.secp256k1.verify(trusted.publicKey, signedHash(crypto, bytes), signature))
    throw new StatementError({ code: "statement/bad-signature" });
  const statement = decodeStatement(bytes);
  if (!equal(statement.requestHash, expected.requestHash))
    throw new StatementError({ code: "statement/wrong-request" });
  if (!equal(statement.replyHash, expected.replyHash))
    throw new StatementError({ code: "statement/wrong-reply" });
  return statement;
}

function signedHash(crypto: Crypto, bytes: Uint8Array): Uint8Array {
  return crypto.sha256(concat(domain, bytes));
}
