/** Submits commands to a chain and waits until they are final. */
import { to0x, utf8 } from "@pruntime/core/bytes";
import { createClient, type PolkadotClient } from "polkadot-api";
import { getWsProvider, type WebSocketClass } from "polkadot-api/ws";
import { ClientError } from "../error.ts";
import type { Account } from "./account.ts";

/** A command in a finalized block. */
export interface Pushed {
  readonly blockHash: string;
  readonly blockNumber: number;
  readonly extrinsicIndex: number;
  readonly txHash: string;
}

/** The arguments of `Registry.register_worker`. */
export interface WorkerRegistration {
  /** JSON text. */
  readonly evidence: string;
  /** Identity key, 33 bytes. */
  readonly publicKey: Uint8Array;
  /** ECDH key, 65 bytes. */
  readonly ecdhPublicKey: Uint8Array;
  readonly anchor: Uint8Array;
  /** The block whose hash serves as the evidence's nonce. */
  readonly blockNumber: number;
}

/** Options for connecting to a node. */
export interface ChainClientOptions {
  readonly websocketClass?: WebSocketClass;
  readonly timeoutMs?: number;
}

/** A connection to a node that signs transactions, submits them and waits until they are final. */
export class ChainClient {
  readonly #client: PolkadotClient;

  private constructor(client: PolkadotClient) {
    this.#client = client;
  }

  /**
   * Connects to the node at a WebSocket URL. `websocketClass` is required if there is no global `WebSocket`,
   * as in Node.js before version 22.
   * @throws {@link ClientError} `client/node-unreachable`
   */
  static async connect(
    url: string,
    { websocketClass, timeoutMs = 15_000 }: ChainClientOptions = {},
  ): Promise<ChainClient> {
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

  /**
   * Signs and submits `Execution.push_command`, and waits for finality.
   * @throws {@link ClientError} `client/transaction-failed`, `client/no-such-call`
   */
  async push(account: Account, contractId: number, payload: string): Promise<Pushed> {
    return this.#submit(account, "Execution", "push_command", {
      contract_id: contractId,
      payload: utf8(payload),
    });
  }

  /**
   * Signs and submits `Registry.register_worker`, and waits for finality.
   * @throws {@link ClientError} as {@link push}
   */
  async registerWorker(account: Account, registration: WorkerRegistration): Promise<Pushed> {
    return this.#submit(account, "Registry", "register_worker", {
      evidence: utf8(registration.evidence),
      public_key: to0x(registration.publicKey),
      ecdh_public_key: to0x(registration.ecdhPublicKey),
      anchor: to0x(registration.anchor),
      block_number: registration.blockNumber,
    });
  }

  /**
   * Signs and submits `Registry.set_policy`, and waits for finality.
   * @param policy JSON text
   * @throws {@link ClientError} as {@link push}
   */
  async setRegistryPolicy(account: Account, policy: string): Promise<Pushed> {
    return this.#submit(account, "Registry", "set_policy", { policy: utf8(policy) });
  }

  async #submit(account: Account, pallet: string, name: string, args: object): Promise<Pushed> {
    const call = this.#client.getUnsafeApi().tx[pallet]?.[name];
    if (call === undefined) throw new ClientError({ code: "client/no-such-call", call: `${pallet}.${name}` });
    const result = await call(args)
      .signAndSubmit(account.chain)
      .catch((cause: unknown) => {
        throw new ClientError({ code: "client/transaction-failed", reason: reasonOf(cause) }, { cause });
      });
    if (!result.ok)
      throw new ClientError({
        code: "client/transaction-failed",
        reason: dispatchErrorName(result.dispatchError),
      });
    const { hash, number, index } = result.block;
    return { blockHash: hash, blockNumber: number, extrinsicIndex: index, txHash: result.txHash };
  }

  close(): void {
    this.#client.destroy();
  }
}

/**
 * Returns the name of a dispatch error, such as `Registry.Replayed` for an error of a pallet, or `BadOrigin`
 * for one of FRAME's own errors.
 */
function dispatchErrorName({ type, value }: DispatchError): string {
  if (typeof value !== "object" || value === null) return type;
  const inner = dispatchErrorName(value as DispatchError);
  return type === "Module" ? inner : `${type}.${inner}`;
}

interface DispatchError {
  readonly type: string;
  readonly value?: unknown;
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
