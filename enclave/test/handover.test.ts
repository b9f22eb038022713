/**
 * Tests that an enclave receives the keys of another enclave. An untrusted operator passes the messages on.
 */

import { toBase64, toHex } from "@pruntime/core/bytes";
import { canonicalJson } from "@pruntime/core/json";
import { createDevchain } from "@pruntime/devchain";
import { afterAll, describe, expect, it } from "vitest";
import { milliseconds, TinyChain } from "../../trusted/runtime/test/support/tiny-chain.ts";
import { developmentKey } from "../src/store/sealing.ts";
import { measurement, type Started, start } from "./support/enclave.ts";
import { handOver, prepareHandover } from "./support/handover.ts";

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
function worker(seed: number, chain: TinyChain): Started {
  let draws = seed;
  const started = start({ random: (length) => new Uint8Array(length).fill(++draws & 0xff) });
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
