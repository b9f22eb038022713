import { toHex, utf8 } from "@pruntime/core/bytes";
import { encodePayload, sealV1WithKey } from "@pruntime/core/channel";
import { portableCrypto } from "@pruntime/core/crypto";
import { canonicalJson, type Json } from "@pruntime/core/json";
import { describe, expect, it } from "vitest";
import { signer } from "../../../../host/devchain/test/support/keys.ts";
import { alice, bob, followed } from "../support/devchain.ts";
import { answer, keyPair, receipt, workerKey } from "../support/worker.ts";

const [eve, secretAmount] = [signer("Eve"), 31_337_042];

/** A transfer sealed as in 2020. */
const sealedV1 = (transfer: Json): Uint8Array =>
  utf8(
    encodePayload(
      sealV1WithKey(
        portableCrypto,
        keyPair(77),
        new Uint8Array(12),
        workerKey.publicKey,
        canonicalJson({ Transfer: transfer }),
      ).payload,
    ),
  );
const secret = sealedV1({ dest: toHex(bob.id), value: String(secretAmount) });

/**
 * Eve has money of her own. Alice puts a secret transfer to Bob on chain, and Eve sends a copy of it. Returns
 * the statuses of both, and what Eve has lost by her copy.
 */
async function copied(channelV1: boolean) {
  const { runtime, push, step } = await followed(0, {}, { channelV1 });
  const balanceOf = (who: typeof eve) => {
    const { FreeBalance } = answer(runtime, 2, { FreeBalance: { account: toHex(who.id) } }, who) as {
      FreeBalance: { balance: string };
    };
    return Number(FreeBalance.balance);
  };
  const gift = { Transfer: { dest: toHex(eve.id), value: "1000000000" } };
  push(2, { Plain: canonicalJson(gift) });
  step();
  const txHash = push(2, secret);
  step();
  const before = balanceOf(eve);
  push(2, secret, eve);
  step();
  return {
    statuses: [alice, eve].map((who) => receipt(runtime, txHash, who)),
    lost: before - balanceOf(eve),
  };
}

describe("a copy of a command that is sealed as in 2020", () => {
  it("tells its amount where the anchor lets workers run such commands", async () =>
    expect(await copied(true)).toEqual({ statuses: ["Ok", "Ok"], lost: secretAmount }));

  it("tells nothing where the anchor does not: neither the command nor its copy is opened", async () =>
    expect(await copied(false)).toEqual({ statuses: ["ChannelV1Refused", "ChannelV1Refused"], lost: 0 }));

  it("is refused alike whether or not it opens, for every contract", async () => {
    const { runtime, push, step } = await followed();
    const strange = sealV1WithKey(
      portableCrypto,
      keyPair(77),
      new Uint8Array(12),
      keyPair(5).publicKey,
      "{}",
    ).payload;
    for (const [contractId, payload] of [
      [3, secret],
      [99, sealedV1({ dest: "", value: "0" })],
      [2, utf8(encodePayload(strange))],
    ] as const) {
      const txHash = push(contractId, payload);
      step();
      expect(receipt(runtime, txHash, alice)).toBe("ChannelV1Refused");
    }
  });
});
