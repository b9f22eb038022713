/**
 * A reply receipt of a plain query to a worker of the client's tests, with simulated evidence, and the
 * policy under which the client accepted that evidence.
 */
import { connect, type ReplyReceipt } from "@pruntime/client";
import { balances } from "@pruntime/client/contracts/balances";
import { toHex } from "@pruntime/core/bytes";
import { portableCrypto as crypto } from "@pruntime/core/crypto";
import { anchor, chainTimeMs, fakeWorker, measurement } from "../../../client/test/fake-worker.ts";

export const policy = { version: 1, simulated: { measurements: [toHex(measurement)] } };
/** The time at which the reply was one second old, in Unix milliseconds. */
export const atMs: number = Number(chainTimeMs) + 1000;
export { anchor };

let drawn = 0;
const random = (length: number): Uint8Array => crypto.sha512(Uint8Array.of(drawn++)).slice(0, length);

async function made(): Promise<ReplyReceipt> {
  const client = await connect(fakeWorker(), { policy, anchor, now: () => atMs, random });
  const { contractId, json } = balances.totalIssuance();
  return client.replyReceipt(await client.query(contractId, json, { kind: "plain" }));
}

export const receipt: ReplyReceipt = await made();
