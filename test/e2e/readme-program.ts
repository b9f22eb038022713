// Transfers 5 to Bob: seals the command, waits until it is final and executed, and asks for the result.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "@pruntime/client";
import { accountOf, ChainClient } from "@pruntime/client/chain";
import { balances } from "@pruntime/client/contracts/balances";
import { WebSocket } from "ws"; // Node 22 and later, and browsers, have a WebSocket

// What you trust: the policy says which code may run, and the anchor which chain it follows. `npm start`
// wrote both into its data folder, with the addresses of worker and node.
const folder = process.argv[2] ?? ".pruntime";
const read = (name: string): string => readFileSync(join(folder, name), "utf8").trim();
const [alice, bob] = [accountOf("//Alice"), accountOf("//Bob")]; // development accounts

// Nothing is sealed to a worker before its evidence is verified.
const worker = await connect(read("worker-url"), { policy: read("policy.json"), anchor: read("anchor") });

// Encrypt. The chain and its nodes see only ciphertext. The steps: sealed, in-block, finalized, executed.
const chain = await ChainClient.connect(read("node-url"), { websocketClass: WebSocket });
const push = worker.push(chain, alice, balances.transfer({ dest: bob.id, value: 5n }));
for await (const { step } of push) console.error(step);
const { outcome } = await push.executed;
chain.close();

// Ask as Bob, the only account that may. The answer is sealed to Bob, signed by the worker, and dated.
const answer = await worker.query(balances.freeBalance(bob.id), { signer: bob.query });
const { finalizedNumber: block, chainTimeMs } = answer;
const asOf = { block, chainTime: new Date(Number(chainTimeMs)).toISOString() };
console.log(JSON.stringify({ outcome, balance: String(answer.value), asOf }));
