/** Puts commands on a chain and waits until they are final. */
import { utf8 } from "@pruntime/core/bytes";
import { createClient, type PolkadotClient } from "polkadot-api";
import { getWsProvider } from "polkadot-api/ws";
import WebSocket from "ws";
import type { Account } from "./account.ts";
import { CliError } from "./error.ts";

/** A command that the chain has finalized. */
export interface Pushed {
  readonly blockHash: string;
  readonly blockNumber: number;
  readonly extrinsicIndex: number;
  readonly txHash: string;
}

export class ChainClient {
  readonly #client: PolkadotClient;

  private constructor(client: PolkadotClient) {
    this.#client = client;
  }

  /** @throws {@link CliError} `cli/node-unreachable` */
  static async connect(url: string, timeoutMs = 15_000): Promise<ChainClient> {
    const client = createClient(getWsProvider(url, { websocketClass: WebSocket as never }));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new CliError({ code: "cli/node-unreachable", url })), timeoutMs);
    });
    try {
      await Promise.race([client.getFinalizedBlock(), late]);
      return new ChainClient(client);
    } catch (error) {
      client.destroy();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Signs and submits `Execution.push_command`, and waits for finality. @throws {@link CliError} `cli/transaction-failed`, `cli/no-such-call` */
  async push(account: Account, contractId: number, payload: string): Promise<Pushed> {
    const call = this.#client.getUnsafeApi().tx["Execution"]?.["push_command"];
    if (call === undefined) throw new CliError({ code: "cli/no-such-call", call: "Execution.push_command" });
    const tx = call({ contract_id: contractId, payload: utf8(payload) });
    const result = await tx.signAndSubmit(account.chain).catch((cause: unknown) => {
      throw new CliError({ code: "cli/transaction-failed", reason: reasonOf(cause) }, { cause });
    });
    if (!result.ok) throw new CliError({ code: "cli/transaction-failed", reason: JSON.stringify(result.dispatchError) });
    const { hash, number, index } = result.block;
    return { blockHash: hash, blockNumber: number, extrinsicIndex: index, txHash: result.txHash };
  }

  close(): void {
    this.#client.destroy();
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
