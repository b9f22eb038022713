/**
 * Measures the cost of finality. Verifying a justification is compared with verifying its ed25519 signatures
 * alone, importing headers is compared with hashing them, and decoding is compared with another library.
 */
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { createRequire } from "node:module";
import { Bytes, blockHeader, Struct, u32, u64, Vector } from "@polkadot-api/substrate-bindings";
import { decodeHeader, encodeHeader, type Header, headerHash } from "@pruntime/core/chain";
import {
  type AuthoritySet,
  decodeJustification,
  encodeJustification,
  justificationWork,
  precommitMessage,
  type SignedPrecommit,
  verifyJustification,
} from "@pruntime/core/grandpa";
import { type FinalizedHeader, type LightClient, verifyHeaders } from "@pruntime/core/light-client";
import type { Work } from "@pruntime/core/work";
import { createNativeCrypto } from "@pruntime/crypto-native";
import { compare, type Row } from "./harness.ts";

export const name = "Justifications and headers";

interface Sodium {
  readonly crypto_generichash: (output: Uint8Array, input: Uint8Array) => void;
  readonly crypto_sign_verify_detached: (
    signature: Uint8Array,
    message: Uint8Array,
    publicKey: Uint8Array,
  ) => boolean;
}

const sodium = createRequire(import.meta.url)("sodium-native") as Sodium;
const pkcs8 = Buffer.from("302e020100300506032b657004220420", "hex");
const spki = Buffer.from("302a300506032b6570032100", "hex");
const round = 7n;
const setId = 3n;

interface Voter {
  readonly id: Uint8Array;
  readonly secret: KeyObject;
}

function voter(index: number): Voter {
  const seed = Buffer.alloc(32);
  seed.writeUInt32LE(index + 1);
  const secret = createPrivateKey({ key: Buffer.concat([pkcs8, seed]), format: "der", type: "pkcs8" });
  const der = createPublicKey(secret).export({ format: "der", type: "spki" });
  return { id: Uint8Array.from(der.subarray(-32)), secret };
}

function header(parentHash: Uint8Array, number: number): Header {
  const data = new Uint8Array(64).fill(number);
  const digest = [
    { kind: "pre-runtime", engine: "BABE", data: data.subarray(0, 37) },
    { kind: "consensus", engine: "BEEF", data: data.subarray(0, 33) },
    { kind: "seal", engine: "BABE", data },
  ] as const;
  return { parentHash, number, stateRoot: data.subarray(0, 32), extrinsicsRoot: data.subarray(32), digest };
}

function vote({ id, secret }: Voter, targetHash: Uint8Array, targetNumber: number): SignedPrecommit {
  const message = precommitMessage(targetHash, targetNumber, round, setId);
  return { targetHash, targetNumber, signature: Uint8Array.from(sign(null, message, secret)), id };
}

/** Prepares a voter's key, so that the peer does not import it for each vote. */
function prepared(id: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.concat([spki, id]), format: "der", type: "spki" });
}

/** Runs work and waits where it waits for other threads, as the enclave does. */
async function waiting<T>(work: Work<T>): Promise<T> {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
    if (step.value !== undefined) await step.value;
  }
}

const peerCodec = Struct({
  round: u64,
  targetHash: Bytes(32),
  targetNumber: u32,
  precommits: Vector(
    Struct({ targetHash: Bytes(32), targetNumber: u32, signature: Bytes(64), id: Bytes(32) }),
  ),
  votesAncestries: Vector(blockHeader),
});

export async function run(): Promise<Row[]> {
  const crypto = await createNativeCrypto({ addons: true });
  const target = { hash: new Uint8Array(32).fill(9), number: 1_000_000 };
  const rows: Row[] = [];
  for (const votes of [4, 300, 1000]) {
    const voters = Array.from({ length: votes }, (_, i) => voter(i));
    const precommits = voters.map((v) => vote(v, target.hash, target.number));
    const given = {
      round,
      targetHash: target.hash,
      targetNumber: target.number,
      precommits,
      votesAncestries: [],
    };
    const bytes = encodeJustification(given);
    const trusted: AuthoritySet = { setId, authorities: voters.map(({ id }) => ({ id, weight: 1n })) };
    const message = precommitMessage(target.hash, target.number, round, setId);
    const keys = voters.map(({ id }) => prepared(id));
    const ours = () => verifyJustification(crypto, trusted, target, decodeJustification(bytes));
    rows.push(
      await compare(
        `decode and verify ${votes} votes`,
        ours,
        () => precommits.every(({ signature }, i) => verify(null, message, keys[i] as KeyObject, signature)),
        "one OpenSSL verification per vote, keys prepared",
      ),
      await compare(
        `decode and verify ${votes} votes`,
        ours,
        () => precommits.every((v) => sodium.crypto_sign_verify_detached(v.signature, message, v.id)),
        "one libsodium verification per vote: the floor",
      ),
    );
    if (votes !== 300) continue;
    rows.push(
      await compare(
        `decode ${votes} votes`,
        () => decodeJustification(bytes),
        () => peerCodec.dec(bytes),
        "@polkadot-api/substrate-bindings",
      ),
      await compare(
        `decode ${votes} votes`,
        () => decodeJustification(bytes),
        () => bytes.slice(),
        "memcpy of the bytes",
      ),
    );
  }
  return [...rows, ...(await enclaveRows()), ...(await headerRows())];
}

/**
 * Measures how fast the enclave verifies the votes of a large set, where addons are denied and the threads of
 * libuv verify. The peers verify the votes one by one.
 */
async function enclaveRows(): Promise<Row[]> {
  const enclave = await createNativeCrypto({ background: true });
  const target = { hash: new Uint8Array(32).fill(9), number: 1_000_000 };
  const voters = Array.from({ length: 600 }, (_, i) => voter(i));
  const precommits = voters.map((v) => vote(v, target.hash, target.number));
  const bytes = encodeJustification({
    round,
    targetHash: target.hash,
    targetNumber: target.number,
    precommits,
    votesAncestries: [],
  });
  const trusted: AuthoritySet = { setId, authorities: voters.map(({ id }) => ({ id, weight: 1n })) };
  const message = precommitMessage(target.hash, target.number, round, setId);
  const keys = voters.map(({ id }) => prepared(id));
  const ours = () => waiting(justificationWork(enclave, trusted, target, decodeJustification(bytes)));
  return [
    await compare(
      "decode and verify 600 votes, as in the enclave",
      ours,
      () => precommits.every(({ signature }, i) => verify(null, message, keys[i] as KeyObject, signature)),
      "one OpenSSL verification per vote, in sequence, keys prepared",
    ),
    await compare(
      "decode and verify 600 votes, as in the enclave",
      ours,
      () => precommits.every((v) => sodium.crypto_sign_verify_detached(v.signature, message, v.id)),
      "one libsodium verification per vote, in sequence: the fastest library here",
    ),
  ];
}

async function headerRows(): Promise<Row[]> {
  const crypto = await createNativeCrypto({ addons: true });
  const only = voter(0);
  const encoded: Uint8Array[] = [];
  let tip = header(new Uint8Array(32), 0);
  const hash = headerHash(crypto, encodeHeader(tip));
  const finalized: FinalizedHeader = { ...tip, hash, runtimeUpdated: false };
  let parent = hash;
  for (let number = 1; number <= 1000; number++) {
    tip = header(parent, number);
    encoded.push(encodeHeader(tip));
    parent = headerHash(crypto, encoded.at(-1) as Uint8Array);
  }
  const trusted: LightClient = {
    genesisHash: hash,
    finalized,
    authorities: { setId, authorities: [{ id: only.id, weight: 1n }] },
    pending: [],
  };
  const precommits = [vote(only, parent, 1000)];
  const justification = encodeJustification({
    round,
    targetHash: parent,
    targetNumber: 1000,
    precommits,
    votesAncestries: [],
  });
  const output = Buffer.alloc(32);
  return [
    await compare(
      "import 1000 headers (decode, hash, link, digests, one vote)",
      () => verifyHeaders(crypto, trusted, { headers: encoded, justification }),
      () => {
        for (const bytes of encoded) sodium.crypto_generichash(output, bytes);
      },
      "libsodium blake2b of the headers",
    ),
    await compare(
      "import 1000 headers (decode, hash, link, digests, one vote)",
      () => verifyHeaders(crypto, trusted, { headers: encoded, justification }),
      () => encoded.map((bytes) => crypto.blake2b256(bytes)),
      "the crypto port's blake2b of the headers",
    ),
    await compare(
      "decode 1000 headers",
      () => encoded.map((bytes) => decodeHeader(bytes)),
      () => encoded.map((bytes) => blockHeader.dec(bytes)),
      "@polkadot-api/substrate-bindings",
    ),
  ];
}
