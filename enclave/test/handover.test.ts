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

const devchain = await createDevchain({ mode: { kind: "manual" } });
afterAll(() => devchain.close());
const metadata = devchain.metadata(14);

const policy = canonicalJson({ version: 1, simulated: { measurements: [toHex(measurement)] } });
const chain = new TinyChain();
for (let i = 0; i < 2; i++)
  chain.grow({ events: Uint8Array.of(0), now: milliseconds(1_700_000_000_000n), policy });
const policy_proof_b64 = chain.policyProof(2).map(toBase64);

function sync(worker: Started): void {
  worker.call("sync_header", {
    headers_b64: chain.headers(1, 2).headers.map(toBase64),
    authority_set_change_b64: null,
  });
  worker.call("dispatch_block", { blocks_b64: chain.dispatch(1, 2).blocks.map(toBase64) });
}

/** Starts a worker and brings it to block 2 of the chain. @param seed gives each worker different secrets */
function worker(seed: number): Started {
  let draws = seed;
  const started = start({ random: (length) => new Uint8Array(length).fill(++draws & 0xff) });
  started.call("init_runtime", {
    bridge_genesis_info_b64: toBase64(chain.genesisInfo()),
    runtime_metadata_b64: toBase64(metadata),
    genesis_balance: "development",
    skip_ra: true,
  });
  sync(started);
  return started;
}

const status = (of: Started) =>
  of.call("get_status").payload as { ecdh_public_key: string; public_key: string; state_root: string };
type Payload = Record<string, string> & { readonly evidence: object; readonly rules: number };
const ok = (called: {
  readonly payload: unknown;
  readonly outcome: string;
  readonly text: string;
}): Payload => {
  expect(called.outcome, called.text).toBe("ok");
  return called.payload as Payload;
};
const shown = ({ public_key, ecdh_public_key, evidence, rules }: Payload) => ({
  rules,
  public_key,
  ecdh_public_key,
  evidence,
  policy_proof_b64,
});

describe("a handover between two enclaves", () => {
  it("gives both the same key agreement key and state root, and leaves each its identity key", () => {
    const [source, receiver] = [worker(10), worker(60)];
    const [before, own] = [status(source), status(receiver)];
    expect(own.state_root).not.toBe(before.state_root);
    const { challenge } = ok(receiver.call("handover_begin"));
    const offer = ok(source.call("handover_offer", { challenge }));
    const accepted = ok(receiver.call("handover_accept", { nonce: offer["nonce"], source: shown(offer) }));
    const { sealed_b64 } = ok(
      source.call("handover_release", { challenge, nonce: offer["nonce"], receiver: shown(accepted) }),
    );
    expect(ok(receiver.call("handover_complete", { sealed_b64 }))["ecdh_public_key"]).toBe(
      before.ecdh_public_key,
    );
    expect([source.enclave.life.ended, receiver.enclave.life.ended]).toEqual([false, true]);

    const again = start({ store: receiver.store });
    sync(again);
    expect(status(again)).toMatchObject({
      public_key: own.public_key,
      ecdh_public_key: before.ecdh_public_key,
      state_root: before.state_root,
    });
  });

  it("refuses bad messages with codes, and then changes nothing", () => {
    const [source, receiver] = [worker(10), worker(60)];
    const { challenge } = ok(receiver.call("handover_begin"));
    const offer = ok(source.call("handover_offer", { challenge }));
    const other = { ...shown(offer), public_key: status(receiver).public_key };
    expect(receiver.call("handover_accept", { nonce: offer["nonce"], source: other }).code).toBe(
      "handover/own-evidence",
    );
    expect(
      receiver.call("handover_accept", { nonce: offer["nonce"], source: { ...shown(offer), evidence: {} } })
        .code,
    ).toBe("json/missing-key");
    expect(receiver.call("handover_complete", { sealed_b64: "AAAA" }).code).toBe("handover/not-begun");
    expect(
      source.call("handover_release", { challenge, nonce: challenge, receiver: shown(offer) }).code,
    ).toBe("handover/wrong-nonce");
    expect([...receiver.store.keys()]).toEqual(["identity", "init", "mark"]);
    expect(receiver.enclave.life.ended).toBe(false);
  });

  it("enclave/no-lasting-key: is refused by a worker whose sealing key does not last", () => {
    const ephemeral = start({ sealingKey: { ...developmentKey, lasting: false } });
    expect(ephemeral.call("handover_begin").code).toBe("enclave/no-lasting-key");
  });
});
