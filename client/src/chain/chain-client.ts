/** Puts commands on a chain and waits until they are final. */
import { utf8 } from "@pruntime/core/bytes";
import { createClient, type PolkadotClient } from "polkadot-api";
import { getWsProvider, type WebSocketClass } from "polkadot-api/ws";
import { ClientError } from "../error.ts";
import type { Account } from "./account.ts";

/** A command that the chain has finalized. */
export interface Pushed {
  readonly blockHash: string;
  readonly blockNumber: number;
  readonly extrinsicIndex: number;
  readonly txHash: string;
}

/** How to reach a node. */
export interface ChainClientOptions {
  readonly websocketClass?: WebSocketClass;
  readonly timeoutMs?: number;
}

export class ChainClient {
  readonly #client: PolkadotClient;

  private constructor(client: PolkadotClient) {
    this.#client = client;
  }

  /**
   * `websocketClass` is needed where there is no global `WebSocket`: in Node before 22.
   * @throws {@link ClientError} `client/node-unreachable`
   */
  static async connect(url: string, { websocketClass, timeoutMs = 15_000 }: ChainClientOptions = {}): Promise<ChainClient> {
    const client = createClient(getWsProvider(url, websocketClass === undefined ? {} : { websocketClass }));
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new ClientError({ code: "client/node-unreachable", url })), timeoutMs);
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

  /** Signs and submits `Execution.push_command`, and waits for finality. @throws {@link ClientError} `client/transaction-failed`, `client/no-such-call` */
  async push(account: Account, contractId: number, payload: string): Promise<Pushed> {
    const call = this.#client.getUnsafeApi().tx["Execution"]?.["push_command"];
    if (call === undefined) throw new ClientError({ code: "client/no-such-call", call: "Execution.push_command" });
    const tx = call({ contract_id: contractId, payload: utf8(payload) });
    const result = await tx.signAndSubmit(account.chain).catch((cause: unknown) => {
      throw new ClientError({ code: "client/transaction-failed", reason: reasonOf(cause) }, { cause });
    });
    if (!result.ok) throw new ClientError({ code: "client/transaction-failed", reason: JSON.stringify(result.dispatchError) });
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
