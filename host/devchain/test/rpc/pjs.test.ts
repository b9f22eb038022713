/** Tests that unmodified @polkadot/api works. */
import { ApiPromise, Keyring, type SubmittableResult, WsProvider } from "@polkadot/api";
import type { SubmittableExtrinsic } from "@polkadot/api/types";
import { to0x } from "@pruntime/core/bytes";
import { expect, it, onTestFinished } from "vitest";
import { serve } from "./bench.ts";

type Extrinsic = SubmittableExtrinsic<"promise">;

async function connectTo(url: string): Promise<ApiPromise> {
  const api = await ApiPromise.create({ provider: new WsProvider(url) as never, noInitWarn: true });
  onTestFinished(() => api.disconnect());
  return api;
}

function push(api: ApiPromise, bytes: number): Extrinsic {
  return api.tx["execution"]!["pushCommand"]!(3, `0x${"01".repeat(bytes)}`);
}

/** Signs the transaction as `//Alice`, submits it, and resolves when its block is final. */
function finalized(extrinsic: Extrinsic, options: object = {}): Promise<SubmittableResult> {
  const alice = new Keyring({ type: "sr25519" }).addFromUri("//Alice");
  return new Promise((resolve, reject) => {
    const seen = (result: SubmittableResult): void => {
      if (result.status.isFinalized) resolve(result);
    };
    extrinsic.signAndSend(alice, options, seen as never).catch(reject);
  });
}

function eventNames(result: SubmittableResult): string[] {
  return result.events.map(({ event }) => `${event.section}.${event.method}`);
}

it("pushes commands, mortal and immortal, and sees their events and finality", async () => {
  const { url, chain } = await serve();
  const api = await connectTo(url);
  const mortal = await finalized(push(api, 3));
  expect(eventNames(mortal)).toEqual(
    expect.arrayContaining(["execution.CommandPushed", "system.ExtrinsicSuccess"]),
  );
  expect(mortal.status.asFinalized.toU8a()).toEqual(chain.best().hash);
  const immortal = await finalized(push(api, 300), { era: 0 });
  expect(eventNames(immortal)).toContain("execution.CommandPushed");
});

it("decodes PayloadTooLarge", async () => {
  const { url } = await serve({ maxPayload: 100 });
  const api = await connectTo(url);
  const { dispatchError } = await finalized(push(api, 101));
  const { section, name } = api.registry.findMetaError(dispatchError!.asModule);
  expect(`${section}.${name}`).toBe("execution.PayloadTooLarge");
});

it("refuses a stale nonce with a node's message", async () => {
  const { url } = await serve();
  const api = await connectTo(url);
  await finalized(push(api, 3));
  await expect(finalized(push(api, 4), { nonce: 0 })).rejects.toThrow(
    "1010: Invalid Transaction: Transaction is outdated",
  );
});

it("reads justifications, proofs, runtime APIs and fees", async () => {
  const { url, chain } = await serve();
  const api = await connectTo(url);
  const block = chain.produceBlock();
  const { justifications } = await api.rpc.chain.getBlock(block.hash);
  const [engine, encoded] = justifications.unwrap()[0]!;
  expect(engine.toUtf8()).toBe("FRNK");
  const justification = api.createType("GrandpaJustification", encoded.toU8a(true));
  expect(justification.toJSON()).toMatchObject({ commit: { targetHash: to0x(block.hash), targetNumber: 1 } });
  const proof = await api.rpc.state.getReadProof(
    [api.query["system"]!["account"]!.key(`0x${"00".repeat(32)}`)],
    block.hash,
  );
  expect(proof.at.toU8a()).toEqual(block.hash);
  expect(proof.proof.length).toBeGreaterThan(1);
  expect((await api.call["grandpaApi"]!["currentSetId"]!()).toString()).toBe("0");
  const alice = new Keyring({ type: "sr25519" }).addFromUri("//Alice");
  expect((await push(api, 3).paymentInfo(alice)).partialFee.toString()).toMatch(/^\d+$/);
});
