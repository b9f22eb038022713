/** `test`: the self-tests of 2020, available only on workers started with development actions. */
import type { InputOf, selfTest } from "@pruntime/api";
import { decodeSignedBlock, encodeSignedBlock } from "@pruntime/core/bridge-2020";
import { fromBase64, fromHex, toHex } from "@pruntime/core/bytes";
import { encodeHeader } from "@pruntime/core/chain";
import { FinalityError, verifyJustification } from "@pruntime/core/grandpa";
import { EnclaveError } from "../error.ts";
import type { Handlers, Serving } from "./action.ts";

/** The handler that runs the self-tests that the input names. */
export const selfTestHandlers: Handlers<"test"> = {
  test: (enclave, { test_bridge, test_ecdh, test_parse_block }) => {
    if (test_parse_block === true) testParseBlock();
    if (test_bridge === true) testBridge(enclave);
    if (test_ecdh !== undefined) testEcdh(enclave, test_ecdh);
    return { payload: {} };
  },
};

const zeros = new Uint8Array(32);
const header = { parentHash: zeros, number: 1, stateRoot: zeros, extrinsicsRoot: zeros, digest: [] };

function testParseBlock(): void {
  const block = {
    encodedHeader: encodeHeader(header),
    extrinsics: [Uint8Array.of(12, 4, 0, 0)],
    justification: undefined,
  };
  const read = decodeSignedBlock(encodeSignedBlock(block));
  if (read.header.number !== 1 || read.extrinsics.length !== 1) throw failed("parse_block");
}

/** A justification without votes proves nothing, so the verifier must refuse it. */
function testBridge({ crypto }: Serving): void {
  const trusted = { setId: 0n, authorities: [{ id: new Uint8Array(32).fill(1), weight: 1n }] };
  const empty = { round: 1n, targetHash: zeros, targetNumber: 1, precommits: [], votesAncestries: [] };
  try {
    verifyJustification(crypto, trusted, { hash: zeros, number: 1 }, empty);
  } catch (error) {
    if (error instanceof FinalityError) return;
    throw error;
  }
  throw failed("bridge");
}

/**
 * Agrees on a key with the peer, seals a message under that key and opens it again. Neither the key nor the
 * message leaves the enclave.
 */
function testEcdh(
  { crypto, random, identity }: Serving,
  { message_b64, pubkey_hex }: NonNullable<InputOf<typeof selfTest>["test_ecdh"]>,
): void {
  const peer = pubkey_hex === undefined ? crypto.p256.keyPair(random(32))?.publicKey : fromHex(pubkey_hex);
  const shared = peer && identity.keyPair.sharedX(peer);
  if (shared === undefined) throw failed("ecdh");
  const message = message_b64 === undefined ? zeros : fromBase64(message_b64);
  const [aead, iv] = [crypto.aes256Gcm(shared), random(12)];
  const opened = aead.open(iv, aead.seal(iv, message, zeros), zeros);
  if (opened === undefined || toHex(opened) !== toHex(message)) throw failed("ecdh");
}

function failed(test: string): EnclaveError {
  return new EnclaveError({ code: "enclave/self-test-failed", test });
}
