/** A worker whose program cannot read the chain's newest runtime, and the newer program that can. */
import { evidenceHash, handoverCommitment, makeSimulated } from "@pruntime/core/attestation";
import { toHex, utf8 } from "@pruntime/core/bytes";
import { portableCrypto } from "@pruntime/core/crypto";
import { ProtocolError } from "@pruntime/core/errors";
import { canonicalJson } from "@pruntime/core/json";
import { decodeStatement } from "@pruntime/core/statement";
import { rulesNumber } from "@pruntime/core/version";
import { createDevchain } from "@pruntime/devchain";
import { identityOf, type Mark, type Runtime, type RuntimeCode } from "@pruntime/runtime";
import { afterAll, describe, expect, it } from "vitest";
import { pushCommand, signed } from "../../../../host/devchain/test/support/extrinsic.ts";
import { alice, blockParts } from "../support/devchain.ts";
import { milliseconds, runtimeUpdated, TinyChain } from "../support/tiny-chain.ts";
import { answer, measurement, refusal, root, runtimeCode, runtimeOf, take } from "../support/worker.ts";

const devchain = await createDevchain({ mode: { kind: "manual" } });
const laterRules = await createDevchain({ mode: { kind: "manual" }, systemVersions: [7] });
afterAll(() => Promise.all([devchain.close(), laterRules.close()]));
const metadata = devchain.metadata(14);
devchain.submit(signed(devchain, alice, pushCommand(2, utf8('{"Plain":"nothing"}'))));
const events = blockParts(devchain, devchain.produceBlock().header.number).events!;

/** Code that only the newer program runs. */
const newCode = utf8("new code");
const newerProgram: RuntimeCode = {
  *metadataOf(code) {
    return Buffer.compare(code, newCode) === 0 ? metadata : yield* runtimeCode.metadataOf(code);
  },
};
const secrets = {
  signing: new Uint8Array(32).fill(3),
  ecdhSecret: new Uint8Array(32).fill(2),
  stateKey: new Uint8Array(32).fill(9),
};

/** Makes a worker. All workers in these tests have the same keys, unless a test gives others. */
function worker(chain: TinyChain, program: RuntimeCode, own = secrets, mark?: Mark): Runtime {
  const runtime = runtimeOf(identityOf(portableCrypto, own), portableCrypto, program, undefined, mark);
  take(runtime, {
    kind: "init",
    start: { kind: "genesis", info: chain.genesisInfo() },
    meaning: { kind: "proven", codeProof: chain.codeProof(0) },
    genesisBalance: { kind: "development" },
  });
  return runtime;
}

/** Makes a chain. Block 2 changes the runtime to `code`, and blocks 3 to 5 run the new code. */
function upgraded(code: Uint8Array): TinyChain {
  const chain = new TinyChain(0, metadata);
  const block = { events, now: milliseconds(1_000n) };
  chain.grow({ ...block, code: metadata });
  chain.grow({ ...block, code, digest: [runtimeUpdated] });
  for (let i = 0; i < 3; i++) chain.grow({ ...block, now: milliseconds(2_000n), code });
  return chain;
}

/**
 * Makes a worker that has dispatched block 2, which changes the runtime, and that was given a proof of the
 * new code.
 */
function stopped(chain: TinyChain, program: RuntimeCode = runtimeCode): Runtime {
  const runtime = worker(chain, program);
  take(runtime, chain.headers(1, 3));
  take(runtime, chain.dispatch(1, 2));
  take(runtime, { kind: "code", proof: chain.codeProof(2) });
  return runtime;
}

const statementOf = (runtime: Runtime) =>
  decodeStatement(runtime.statement(new Uint8Array(32), new Uint8Array(32))!.bytes);

it("a worker reads the new runtime later, if its interpreter could not be started at first", () => {
  const chain = upgraded(newCode);
  let starts = false;
  const runtime = worker(chain, {
    *metadataOf(code) {
      if (!starts && Buffer.compare(code, newCode) === 0)
        throw new ProtocolError({ code: "enclave/no-interpreter" });
      return yield* newerProgram.metadataOf(code);
    },
  });
  take(runtime, chain.headers(1, 3));
  take(runtime, chain.dispatch(1, 2));
  const event = { kind: "code", proof: chain.codeProof(2) } as const;
  expect(refusal(runtime, event)).toBe("enclave/no-interpreter");
  expect(statementOf(runtime).runtimeUnreadable).toBe(false);
  starts = true;
  expect(take(runtime, event)).toEqual({ from: 3, unreadable: undefined });
});

describe("a worker that cannot read the new runtime", () => {
  it.each([
    ["code/no-metadata", newCode],
    ["metadata/bad-magic", utf8("mess")],
    ["metadata/unknown-system-version", laterRules.metadata(14)],
  ])("says why (%s), and dispatches no more blocks", (code, bytes) => {
    const chain = upgraded(bytes);
    const runtime = worker(chain, runtimeCode);
    take(runtime, chain.headers(1, 3));
    take(runtime, chain.dispatch(1, 2));
    expect(runtime.status()!.chain.unreadable).toBeUndefined();
    const learned = take(runtime, { kind: "code", proof: chain.codeProof(2) });
    expect(learned).toEqual({ from: undefined, unreadable: code });
    expect(runtime.status()!.chain.unreadable).toEqual({ since: 3, code });
    expect(refusal(runtime, chain.dispatch(3, 3))).toBe("runtime/unreadable");
  });

  it("follows finality, and answers as of its last block with a statement that says so", () => {
    const chain = upgraded(newCode);
    const runtime = stopped(chain);
    expect(take(runtime, chain.headers(4, 5))).toEqual({ syncedTo: 5 });
    expect(answer(runtime, 2, "TotalIssuance")).toMatchObject({ TotalIssuance: {} });
    expect(statementOf(runtime)).toMatchObject({
      finalizedNumber: 5,
      dispatchedNumber: 2,
      chainTimeMs: 1_000n,
      runtimeUnreadable: true,
    });
  });

  it("hands its keys to the newer program, by a policy from after the upgrade", () => {
    const chain = upgraded(newCode);
    const source = stopped(chain);
    const newerCode = new Uint8Array(32).fill(0x66);
    const measurements = [measurement, newerCode].map(toHex);
    const policy = canonicalJson({ version: 1, simulated: { measurements } });
    const other = {
      ...secrets,
      signing: new Uint8Array(32).fill(30),
      ecdhSecret: new Uint8Array(32).fill(31),
    };
    const receiver = worker(chain, newerProgram, other);
    take(receiver, chain.headers(1, 3));

    const { challenge } = take(receiver, { kind: "handover-begin" });
    const { nonce, reportData } = take(source, { kind: "handover-offer", challenge });
    const accepted = take(receiver, { kind: "handover-accept", nonce });
    const shown = (publicKey: Uint8Array, ecdhPublicKey: Uint8Array, code: Uint8Array, bound: Uint8Array) => {
      const evidence = makeSimulated(portableCrypto, code, bound);
      const side = { publicKey, ecdhPublicKey, evidenceHash: evidenceHash(portableCrypto, evidence) };
      return { ...side, lineage: [], evidence, rules: rulesNumber };
    };
    const giver = shown(
      source.identity.signer.publicKey,
      source.identity.keyPair.publicKey,
      measurement,
      reportData,
    );
    const taker = shown(
      receiver.identity.signer.publicKey,
      accepted.ecdhPublicKey,
      newerCode,
      accepted.reportData,
    );
    const commitment = handoverCommitment(portableCrypto, { challenge, nonce }, giver, taker);
    chain.grow({ events, now: milliseconds(3_000n), code: newCode, policy, extrinsics: [commitment] });
    take(source, chain.headers(4, 6));
    take(receiver, chain.headers(4, 6));
    const block = chain.committed(6);
    const { sealed } = take(source, {
      kind: "handover-release",
      nonces: { challenge, nonce },
      other: taker,
      ownEvidence: giver.evidenceHash,
      block,
    });
    const own = { other: giver, ownEvidence: taker.evidenceHash, block };
    const { ecdhPublicKey } = take(receiver, { kind: "handover-complete", sealed, ...own });
    expect(ecdhPublicKey).toEqual(source.identity.keyPair.publicKey);
  });

  it("is not stopped by a proof that shows no code", () => {
    const chain = upgraded(newCode);
    const runtime = worker(chain, runtimeCode);
    take(runtime, chain.headers(1, 3));
    take(runtime, chain.dispatch(1, 2));
    expect(refusal(runtime, { kind: "code", proof: chain.codeProof(1) })).toBe("trie/root-missing");
    expect(statementOf(runtime).runtimeUnreadable).toBe(false);
  });
});

describe("a newer program with the same keys", () => {
  it("goes on from the dump of the worker that stopped", () => {
    const chain = upgraded(newCode);
    const { dump } = take(stopped(chain), { kind: "dump" });
    const newer = worker(chain, newerProgram);
    take(newer, { kind: "load", dump });
    expect(newer.status()!.chain).toMatchObject({ runtimeChangedAt: 2, unreadable: undefined });
    expect(refusal(newer, chain.dispatch(3, 3))).toBe("runtime/metadata-outdated");
    expect(take(newer, { kind: "code", proof: chain.codeProof(2) })).toMatchObject({ from: 3 });
    take(newer, chain.dispatch(3, 3));

    const always = stopped(chain, newerProgram);
    take(always, chain.dispatch(3, 3));
    expect(root(newer)).toBe(root(always));
    expect(statementOf(newer).runtimeUnreadable).toBe(false);
  });

  it("goes on from a dump that the stopped worker begins after it has verified more blocks", () => {
    const chain = upgraded(newCode);
    const older = stopped(chain);
    const dumped = () => {
      const { id } = take(older, { kind: "dump-begin" });
      return { id, index: 0, page: take(older, { kind: "dump-page", id, index: 0 }).page };
    };
    const early = dumped();
    expect(dumped().id).toEqual(early.id);
    take(older, chain.headers(4, 5));
    const { mark } = older.status()!.chain;
    const newer = worker(chain, newerProgram, secrets, mark);
    expect(take(newer, { kind: "load-page", ...early })).toEqual({ done: true });
    expect(newer.status()!.belowMark).toEqual({ mark: 5, finalized: 3 });
    expect(take(newer, { kind: "load-page", ...dumped() })).toEqual({ done: true });
    expect(newer.status()!.belowMark).toBeUndefined();
  });

  it("begins again from the chain, with the same anchor", () => {
    const chain = upgraded(newCode);
    const [older, newer] = [stopped(chain), worker(chain, newerProgram)];
    expect(toHex(newer.status()!.chain.anchor)).toBe(toHex(older.status()!.chain.anchor));
  });
});
