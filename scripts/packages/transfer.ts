/**
 * What a program does with the client's package, in Node.js and on a web page: it puts a sealed command on
 * the chain, waits until the worker has executed it, and asks for the result.
 */
import { type ConnectOptions, connect } from "@pruntime/client";
import { accountOf, ChainClient, type ChainClientOptions } from "@pruntime/client/chain";
import { balances } from "@pruntime/client/contracts/balances";

/** Where the stack is, and what is trusted about its worker. */
export interface Stack extends Pick<ConnectOptions, "policy" | "anchor"> {
  readonly workerUrl: string;
  readonly nodeUrl: string;
}

/** Transfers from Alice to Bob. Returns the command's outcome and Bob's balance. */
export async function transfer(
  { workerUrl, nodeUrl, ...trusted }: Stack,
  options: ChainClientOptions = {},
): Promise<{ readonly outcome: string; readonly balance: string }> {
  const [alice, bob] = [accountOf("//Alice"), accountOf("//Bob")];
  const worker = await connect(workerUrl, trusted);
  const chain = await ChainClient.connect(nodeUrl, options);
  try {
    const push = worker.push(chain, alice, balances.transfer({ dest: bob.id, value: 5n }));
    const { outcome } = await push.executed;
    const { value } = await worker.query(balances.freeBalance(bob.id), { signer: bob.query });
    return { outcome, balance: String(value) };
  } finally {
    chain.close();
  }
}
