import type { GetStatus } from "@pruntime/api";
import { endorsedEvidenceToJson, makeSimulated, type Policy, reportData } from "@pruntime/core/attestation";
import { fromHex, toHex, utf8 } from "@pruntime/core/bytes";
import { portableCrypto } from "@pruntime/core/crypto";
import { ProtocolError } from "@pruntime/core/errors";
import { decodeWorkerRecord, type WorkerRecord } from "@pruntime/core/registry";
import { registryWorkerKey } from "@pruntime/core/storage-key";
import type { Devchain } from "@pruntime/devchain";
import type { NodeConnection, RegisterOptions, Registration } from "@pruntime/relay";
import { newStats, RemoteWorker, SubstrateNode } from "@pruntime/relay";
import { describe, expect, it } from "vitest";
import {
  deregisterWorker,
  registerWorker,
  setPolicy,
  signed,
} from "../../../devchain/test/support/extrinsic.ts";
import { signer } from "../../../devchain/test/support/keys.ts";
import { anchor, measurement, workerKeys } from "../../../devchain/test/support/worker.ts";
import { Registrar } from "../../src/registry/registrar.ts";
import { remainingMs, whyRegister } from "../../src/registry/registration.ts";
import { startFakeWorker } from "../support/fake-worker.ts";
import { blocks, closeLater, crypto, type Scene, scene, until } from "../support/scene.ts";

const alice = signer("Alice");
const keys = { ...workerKeys(1), anchor };
const account = "Alice's";
const otherPolicy = utf8('{"maxAgeSec":60,"simulated":{"measurements":null},"version":1}');

/** Returns a scene whose worker returns simulated evidence, and the options for registering this worker. */
async function registryScene(): Promise<
  Scene & { readonly register: RegisterOptions; readonly submitted: Registration[] }
> {
  const s = await scene();
  const { genesisHash } = s.chain;
  s.worker.attest(keys, (nonce) => {
    const bound = reportData(portableCrypto, {
      purpose: "registration",
      ...keys,
      genesisHash,
      nonce: fromHex(nonce),
      operator: alice.id,
    });
    return endorsedEvidenceToJson(makeSimulated(portableCrypto, measurement, bound));
  });
  const submitted: Registration[] = [];
  const submit: RegisterOptions["submit"] = async (registration) => {
    submitted.push(registration);
    const [evidence, lineage] = [utf8(registration.evidence), utf8(registration.lineage)];
    call(s.chain, registerWorker({ ...registration, evidence, lineage }));
  };
  return { ...s, submitted, register: { account, operator: alice.id, submit, firstPauseMs: 20 } };
}

function call(chain: Devchain, encoded: Uint8Array): void {
  chain.submit(signed(chain, alice, encoded));
  chain.produceBlock();
}

function recordOf(chain: Devchain) {
  const raw = chain.stateOf(chain.best()).get(registryWorkerKey(portableCrypto, keys.publicKey));
  return raw && decodeWorkerRecord(raw);
}

function refusal(detail: { readonly code: string; readonly reason?: string }): ProtocolError {
  return new (class extends ProtocolError<typeof detail> {})(detail);
}

describe("a relay that keeps its worker registered", () => {
  it("registers the worker once it has caught up, with evidence for the latest finalized block", async () => {
    const s = await registryScene();
    blocks(s.chain, 3);
    s.relay({ register: s.register });
    await until(
      () => s.worker.dispatched() === 4 && s.notes.some((note) => note.startsWith("worker registered")),
    );
    expect(recordOf(s.chain)).toMatchObject({
      operator: alice.id,
      kind: "simulated",
      evidenceBlock: 3,
      registeredAt: 4,
    });
    expect(s.notes).toContain("registering the worker for the account Alice's: it is not in the registry");
    expect(s.notes).toContain("worker registered (simulated) with evidence for block 3");
    expect(s.worker.operators).toEqual([toHex(alice.id)]);
  });

  it("does not register the worker again while the record matches the worker", async () => {
    const s = await registryScene();
    blocks(s.chain, 1);
    s.relay({ register: s.register });
    for (let block = 2; block < 8; block++) {
      await until(() => s.worker.dispatched() >= block);
      s.chain.produceBlock();
    }
    await until(() => s.worker.dispatched() === 8);
    expect(s.submitted).toHaveLength(1);
  });

  it.each<[when: string, change: Uint8Array, why: string]>([
    ["the policy has changed", setPolicy(otherPolicy), "the registry has another policy"],
    ["its record is gone", deregisterWorker(keys.publicKey), "it is not in the registry"],
  ])("registers the worker again when %s", async (_, change, why) => {
    const s = await registryScene();
    blocks(s.chain, 1);
    s.relay({ register: s.register });
    await until(() => s.submitted.length === 1);
    call(s.chain, change);
    await until(() => s.submitted.length === 2);
    await until(() => s.notes.filter((note) => note.startsWith("worker registered")).length === 2);
    expect(s.notes.filter((note) => note.startsWith("registering")).at(-1)).toBe(
      `registering the worker for the account Alice's: ${why}`,
    );
    expect(recordOf(s.chain)?.registeredAt).toBe(4);
  });

  it("registers the worker again when it has new keys", async () => {
    const s = await registryScene();
    const other = { ...keys, ecdhPublicKey: workerKeys(2).ecdhPublicKey };
    const { genesisHash } = s.chain;
    const bound = reportData(portableCrypto, {
      purpose: "registration",
      ...other,
      genesisHash,
      nonce: s.chain.best().hash,
      operator: alice.id,
    });
    const evidence = utf8(
      JSON.stringify(endorsedEvidenceToJson(makeSimulated(portableCrypto, measurement, bound))),
    );
    call(s.chain, registerWorker({ evidence, ...other, blockNumber: 0, lineage: utf8("[]") }));
    s.relay({ register: s.register });
    await until(
      () => s.submitted.length === 1 && toHex(recordOf(s.chain)!.ecdhPublicKey) === toHex(keys.ecdhPublicKey),
    );
    expect(s.notes).toContain(
      "registering the worker for the account Alice's: the registry has other keys for it",
    );
  });

  it("stops trying after five refusals, until the policy changes", async () => {
    const s = await registryScene();
    blocks(s.chain, 1);
    let tries = 0;
    const submit = async (): Promise<never> => {
      tries++;
      throw refusal({ code: "client/transaction-failed" });
    };
    s.relay({ register: { account, operator: alice.id, submit, firstPauseMs: 1 } });
    const told =
      "the worker is not registered: client/transaction-failed; not retried until its policy or keys change";
    await until(() => s.notes.includes(told));
    expect(tries).toBe(5);
    for (let block = 2; block < 6; block++) {
      s.chain.produceBlock();
      await until(() => s.worker.dispatched() === block);
    }
    expect(tries).toBe(5);
    call(s.chain, setPolicy(otherPolicy));
    await until(() => tries > 5);
  });

  it.each([
    ["the chain cannot be reached", { code: "client/node-unreachable" }],
    ["the evidence was used", { code: "client/transaction-failed", reason: "Registry.Replayed" }],
  ])("does not stop trying when %s", async (_, failure) => {
    const s = await registryScene();
    blocks(s.chain, 1);
    let tries = 0;
    const submit: RegisterOptions["submit"] = async (registration, signal) => {
      if (++tries < 8) throw refusal(failure);
      return s.register.submit(registration, signal);
    };
    s.relay({ register: { account, operator: alice.id, submit, firstPauseMs: 1 } });
    const produce = setInterval(() => s.chain.produceBlock(), 50);
    closeLater(() => clearInterval(produce));
    await until(() => recordOf(s.chain) !== undefined);
    expect(tries).toBe(8);
  });

  it("continues to relay while a registration is pending, and can end before the registration", async () => {
    const s = await registryScene();
    blocks(s.chain, 1);
    let asked: AbortSignal | undefined;
    const submit = (_: Registration, signal: AbortSignal): Promise<void> => {
      asked = signal;
      return new Promise(() => undefined);
    };
    const { stop } = s.relay({ register: { account, operator: alice.id, submit } });
    await until(() => asked !== undefined);
    blocks(s.chain, 3);
    await until(() => s.worker.dispatched() === 4);
    await stop();
    expect(asked?.aborted).toBe(true);
  });
});

describe("whyRegister", () => {
  const record = { policyHash: new Uint8Array(32), registeredMs: 0n, ...keys } as unknown as WorkerRecord;
  const status = { anchor: toHex(anchor), ecdh_public_key: toHex(keys.ecdhPublicKey) } as GetStatus;
  const at = (timeMs: number, notAfterMs?: number) => {
    const policy = { maxAgeSec: 100, notAfterMs } as Policy;
    return whyRegister({ kind: "registry", policy, policyHash: record.policyHash, record, timeMs }, status);
  };

  it("renews a record in the last quarter of its life, unless the policy has ended", () => {
    expect([75_000, 75_001].map((ms) => at(ms))).toEqual([undefined, "its record is about to expire"]);
    expect(at(75_001, 75_000)).toBeUndefined();
  });

  it("tells how long the record is valid", () => {
    const policy = { maxAgeSec: 100, notAfterMs: 90_000 } as Policy;
    const standing = {
      kind: "registry",
      policy,
      policyHash: record.policyHash,
      record,
      timeMs: 95_000,
    } as const;
    expect(remainingMs(standing)).toBe(-5_000);
    expect(remainingMs({ ...standing, policy: { ...policy, notAfterMs: undefined } })).toBe(5_000);
    expect(remainingMs({ ...standing, record: undefined })).toBeUndefined();
  });
});

it("reports once that a chain has no registry", async () => {
  const worker = await startFakeWorker();
  closeLater(() => worker.close());
  worker.attest(keys, () => ({}));
  let number = 1;
  const answers: Readonly<Record<string, () => unknown>> = {
    chain_getFinalizedHead: () => "0x00",
    chain_getHeader: () => ({ number: `0x${(number++).toString(16)}` }),
    chain_getBlockHash: () => `0x${toHex(new Uint8Array(32).fill(number))}`,
    state_getStorage: () => null,
  };
  const connection = {
    url: "ws://none",
    request: async (method: string) => answers[method]?.(),
  } as unknown as NodeConnection;
  const notes: string[] = [];
  const submit = async (): Promise<void> => expect.unreachable();
  const registrar = new Registrar(
    { account, operator: alice.id, submit },
    crypto,
    (note) => notes.push(note),
    newStats(),
    new AbortController().signal,
  );
  const node = new SubstrateNode(connection, crypto);
  for (let i = 0; i < 3; i++) await registrar.look(node, new RemoteWorker({ url: worker.url }));
  expect(notes).toEqual(["the chain has no registry: the worker is not registered"]);
});
