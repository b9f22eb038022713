/**
 * A program that uses the client's package, with which `npm run packages -- --try` tries the package. It puts
 * a sealed command on the chain, waits until the worker has executed it, and asks for the result.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "@pruntime/client";
import { accountOf, awaitExecutionReceipt, ChainClient } from "@pruntime/client/chain";
import { balances } from "@pruntime/client/contracts/balances";
import { WebSocket } from "ws";

const folder = process.argv[2] ?? ".pruntime";
const read = (name: string): string => readFileSync(join(folder, name), "utf8").trim();

const [alice, bob] = [accountOf("//Alice"), accountOf("//Bob")];
const worker = await connect(read("worker-url"), { policy: read("policy.json"), anchor: read("anchor") });
const chain = await ChainClient.connect(read("node-url"), { websocketClass: WebSocket });
const pushed = await worker.push(chain, alice, balances.transfer({ dest: bob.id, value: 5n }));
const status = await awaitExecutionReceipt(worker, alice, pushed, 60_000);
const { value } = await worker.query(balances.freeBalance(bob.id), { signer: bob.query });
chain.close();
console.log(JSON.stringify({ status, balance: String(value) }));
