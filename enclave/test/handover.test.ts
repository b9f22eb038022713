/**
 * Tests that an enclave receives the keys of another enclave. An untrusted operator passes the messages on.
 */

import {
  developmentRoots,
  jsonLineage,
  type Lineage,
  readEndorsedEvidence,
  verifyBinding,
  verifyEvidence,
} from "@pruntime/core/attestation";
import { fromHex, toBase64, toHex } from "@pruntime/core/bytes";
import { portableCrypto } from "@pruntime/core/crypto";
import { canonicalJson, type Json } from "@pruntime/core/json";
import { createDevchain } from "@pruntime/devchain";
import { afterAll, describe, expect, it } from "vitest";
import { milliseconds, TinyChain } from "../../trusted/runtime/test/support/tiny-chain.ts";
import { simulated } from "../src/producers/simulated.ts";
import { developmentKey } from "../src/store/sealing.ts";
import { headersInput } from "./support/chain.ts";
import { measurement, type Started, start } from "./support/enclave.ts";
import { blockInput, handOver, prepareHandover } from "./support/handover.ts";

const devchain = await createDevchain({ mode: { kind: "manual" } });
afterAll(() => devchain.close());
const metadata = devchain.metadata(14);

const policy = canonicalJson({ version: 1, simulated: { measurements: [toHex(measurement)] } });
const content = { events: Uint8Array.of(0), now: milliseconds(1_700_000_000_000n), policy };

function chainOf(): TinyChain {
  const chain = new TinyChain();
  for (let i = 0; i < 2; i++) chain.grow(content);
  return chain;
}

function sync(worker: Started, chain: TinyChain, to = 2): void {
  worker.call("sync_header", {
    headers_b64: chain.headers(1, to).headers.map(toBase64),
    authority_set_change_b64: null,
  });
  worker.call("dispatch_block", { blocks_b64: chain.dispatch(1, to).blocks.map(toBase64) });
}

/** Starts a worker and brings it to block 2 of the chain. @param seed gives each worker different secrets */
function worker(seed: number, chain: TinyChain, code = measurement): Started {
  let draws = seed;
  const random = (length: number) => new Uint8Array(length).fill(++draws & 0xff);
  const started = start({ random, producer: simulated(portableCrypto, code) });
  started.call("init_runtime", {
    bridge_genesis_info_b64: toBase64(chain.genesisInfo()),
    runtime_metadata_b64: toBase64(metadata),
    genesis_balance: "development",
    skip_ra: true,
  });
  sync(started, chain);
  return started;
}

const status = (of: Started) =>
  of.call("get_status").payload as { ecdh_public_key: string; public_key: string; state_root: string };

describe("code that the policy has revoked", () => {
  const leaky = new Uint8Array(32).fill(0x66);
  const both = canonicalJson({
    version: 1,
    simulated: { measurements: [measurement, leaky].map(toHex) },
  });

  /** A chain whose policy allowed the code until block 2, and a later block that revoked it. */
  function revoking(): { readonly chain: TinyChain; readonly revoke: () => void } {
    const chain = new TinyChain();
    for (let i = 0; i < 2; i++) chain.grow({ ...content, policy: both });
    return { chain, revoke: () => void chain.grow(content) };
  }

  const hold = (): void => undefined;
  const syncFrom3 = (chain: TinyChain) => (of: Started, number: number) => {
    expect(of.call("sync_header", headersInput(chain, 3, number)).outcome).toBe("ok");
  };

  it("gets no keys from a worker that its host restarts with its old files and holds at an old block", () => {
    const { chain, revoke } = revoking();
    const source = worker(10, chain);
    const old = new Map(source.store);
    revoke();
    expect(source.call("sync_header", headersInput(chain, 3, 3)).outcome).toBe("ok");
    const below = start({ store: new Map(source.store) });
    sync(below, chain);
    expect(below.call("handover_offer", { challenge: "00".repeat(32) }).code).toBe("runtime/below-mark");

    const held = start({ store: old });
    sync(held, chain);
    expect(status(held).ecdh_public_key).toBe(status(source).ecdh_public_key);
    const thief = worker(60, chain, leaky);
    const { releaseInput } = prepareHandover(held, thief, chain, content, hold);
    const release = (input: object) => held.call("handover_release", { ...releaseInput, ...input });
    expect(release({}).code).toBe("handover/not-final");
    expect(release({ block: blockInput(chain, 2) }).code).toBe("handover/not-committed");
    syncFrom3(chain)(held, 4);
    expect(release({}).code).toBe("handover/not-accepted");
  });

  it("plants no keys in a new worker that its host holds at an old block", () => {
    const { chain, revoke } = revoking();
    const attacker = worker(10, chain, leaky);
    revoke();
    const fresh = worker(60, chain);
    const { completeInput } = prepareHandover(attacker, fresh, chain, content, hold);
    const complete = (input: object = {}) =>
      fresh.call("handover_complete", { ...completeInput, sealed_b64: "AAAA", ...input });
    expect(complete().code).toBe("handover/not-final");
    syncFrom3(chain)(fresh, 4);
    expect(complete().code).toBe("handover/not-accepted");
    expect(fresh.enclave.life.ended).toBe(false);
  });

  it("gets keys, and gives keys, while the policy of the committed block allows it", () => {
    const { chain } = revoking();
    const [source, receiver] = [worker(10, chain), worker(60, chain, leaky)];
    const { complete } = handOver(source, receiver, chain, { ...content, policy: both });
    expect(complete.payload).toEqual({ ecdh_public_key: status(source).ecdh_public_key });
  });

  it("does not disappear from the lineage of keys that it held", () => {
    const { chain, revoke } = revoking();
    const [leak, first, second] = [worker(10, chain, leaky), worker(60, chain), worker(110, chain)];
    const { complete } = handOver(leak, first, chain, { ...content, policy: both });
    expect(complete.outcome).toBe("ok");
    revoke();
    const again = start({ store: first.store });
    sync(again, chain, 4);
    expect(second.call("sync_header", headersInput(chain, 3, 4)).outcome).toBe("ok");
    const lenient = canonicalJson({
      version: 1,
      lineage: [{ kind: "simulated", code: { measurement: toHex(leaky) } }],
      simulated: { measurements: [toHex(measurement)] },
    });
    const codes = [policy, lenient].map((judging) => {
      const { completeInput } = prepareHandover(again, second, chain, { ...content, policy: judging });
      return second.call("handover_complete", { ...completeInput, sealed_b64: "AAAA" }).code;
    });
    expect(codes).toEqual(["handover/not-accepted", "handover/bad-keys"]);
    const { lineage } = again.call("get_evidence", { nonce: "5a".repeat(32) }).payload;
    expect(lineage).toMatchObject([{ kind: "simulated", code: { measurement: toHex(leaky) } }]);
  });
});

describe("a worker that gave its keys to code that the policy revoked later", () => {
  const leaky = new Uint8Array(32).fill(0x66);
  const policyOf = (...codes: Uint8Array[]) =>
    canonicalJson({ version: 1, simulated: { measurements: codes.map(toHex) } });

  /** Returns the lineage that a worker shows, and checks that its evidence is bound to it. */
  function provenLineage(worker: Started): Lineage {
    const { payload } = worker.call("get_evidence", { nonce: "5a".repeat(32) });
    const { evidence, lineage, ...shown } = payload as Record<string, string>;
    const roots = developmentRoots(portableCrypto);
    const endorsed = readEndorsedEvidence(evidence as Json, "");
    const bytes = (name: string) => fromHex(shown[name]!);
    const bound = {
      purpose: "worker",
      publicKey: bytes("public_key"),
      ecdhPublicKey: bytes("ecdh_public_key"),
      genesisHash: bytes("genesis_hash"),
      anchor: bytes("anchor"),
      nonce: bytes("nonce"),
      lineage: jsonLineage(lineage as Json, ""),
    } as const;
    verifyBinding(portableCrypto, bound, verifyEvidence(portableCrypto, roots, endorsed, 0));
    return bound.lineage;
  }

  it("names that code in its evidence, also after a restart, so no worker takes its keys", () => {
    const chain = new TinyChain();
    const before = { ...content, policy: policyOf(measurement, leaky) };
    for (let i = 0; i < 2; i++) chain.grow(before);
    const [source, leak, third] = [worker(10, chain), worker(60, chain, leaky), worker(110, chain)];
    expect(provenLineage(source)).toEqual([]);
    expect(handOver(source, leak, chain, before).complete.outcome).toBe("ok");
    const again = start({ store: source.store });
    sync(again, chain, 3);
    expect(third.call("sync_header", headersInput(chain, 3, 3)).outcome).toBe("ok");
    for (const one of [source, again])
      expect(provenLineage(one)).toMatchObject([{ kind: "simulated", code: { measurement: toHex(leaky) } }]);
    const codes = [policyOf(measurement), before.policy].map((policy) => {
      const { completeInput } = prepareHandover(again, third, chain, { ...content, policy });
      return third.call("handover_complete", { ...completeInput, sealed_b64: "AAAA" }).code;
    });
    expect(codes).toEqual(["handover/not-accepted", "handover/bad-keys"]);
  });
});

describe("a handover between two enclaves", () => {
  it("gives both the same key agreement key and state root, and leaves each its identity key", () => {
    const chain = chainOf();
    const [source, receiver] = [worker(10, chain), worker(60, chain)];
    const [before, own] = [status(source), status(receiver)];
    expect(own.state_root).not.toBe(before.state_root);
    const { complete } = handOver(source, receiver, chain, content);
    expect(complete.payload).toEqual({ ecdh_public_key: before.ecdh_public_key });
    expect([source.enclave.life.ended, receiver.enclave.life.ended]).toEqual([false, true]);

    const again = start({ store: receiver.store });
    sync(again, chain, 3);
    sync(source, chain, 3);
    expect(status(again)).toMatchObject({
      public_key: own.public_key,
      ecdh_public_key: before.ecdh_public_key,
      state_root: status(source).state_root,
    });
  });

  it("refuses bad messages with codes, and then changes nothing", () => {
    const chain = chainOf();
    const [source, receiver] = [worker(10, chain), worker(60, chain)];
    const { releaseInput, completeInput } = prepareHandover(source, receiver, chain, content);
    const refused = [
      source.call("handover_release", { ...releaseInput, nonce: "00".repeat(32) }),
      source.call("handover_release", { ...releaseInput, own_evidence_hash: "00".repeat(32) }),
      receiver.call("handover_complete", { ...completeInput, sealed_b64: "AAAA", other: { evidence: {} } }),
      receiver.call("handover_complete", { ...completeInput, sealed_b64: "AAAA" }),
      receiver.call("handover_complete", { ...completeInput, sealed_b64: "AAAA" }),
    ];
    expect(refused.map(({ code }) => code)).toEqual([
      "handover/wrong-nonce",
      "handover/not-committed",
      "json/missing-key",
      "handover/bad-keys",
      "handover/not-begun",
    ]);
    expect([...receiver.store.keys()]).toEqual(["identity", "init", "mark"]);
    expect(receiver.enclave.life.ended).toBe(false);
  });

  it("enclave/no-lasting-key: is refused by a worker whose sealing key does not last", () => {
    const ephemeral = start({ sealingKey: { ...developmentKey, lasting: false } });
    expect(ephemeral.call("handover_begin").code).toBe("enclave/no-lasting-key");
  });
});
