/** Submits commands and other transactions to a chain, and waits until they are final. */
import { policyContractId } from "@pruntime/core/attestation";
import { from0x, to0x, utf8 } from "@pruntime/core/bytes";
import { createClient, type PolkadotClient } from "polkadot-api";
import { getWsProvider, type WebSocketClass } from "polkadot-api/ws";
import { ClientError } from "../error.ts";
import { executionReceiptKey } from "../execution-receipt.ts";
import type { SubmitOptions } from "../push.ts";
import type { Account } from "./account.ts";
import { type ChainCall, callName, commandCall, type Via } from "./command-call.ts";
import { withFewFirstBlocks } from "./first-blocks.ts";
import { refused, type Submitted, type TransactionEvents, untilFinal } from "./watch.ts";

/** A command in a finalized block. */
export interface Pushed extends Submitted {
  /** The text that is on chain. */
  readonly payload: string;
  /** The key of the command's execution receipt. */
  readonly receiptKey: string;
  /** Which call carried the command. */
  readonly via: Via;
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
  /** The code that held the worker's keys before it, as JSON text. */
  readonly lineage: string;
}

/** Options for connecting to a node. */
export interface ChainClientOptions {
  /**
   * The class of WebSockets, such as that of the package `ws`. It is required if there is no global
   * `WebSocket`, as in Node.js before version 22.
   */
  readonly websocketClass?: new (
    url: string,
  ) => object;
  readonly timeoutMs?: number;
  /**
   * How commands get onto the chain. Default: by the pallet `Execution` where the chain's runtime has it, and
   * otherwise by a remark.
   */
  readonly via?: Via;
}

/**
 * How long a client waits for a connection to a node.
 * @limit ms
 * @source chosen
 * @past `client/node-unreachable`
 */
const usualTimeoutMs = 15_000;

interface EncodedCall {
  readonly getEncodedData: (args: object) => Uint8Array;
}

/** A connection to a node. Signs transactions, submits them, and waits until they are final. */
export class ChainClient {
  /** The hash of the chain's genesis block, as the node reported it, 32 bytes. */
  readonly genesisHash: Uint8Array;
  readonly #client: PolkadotClient;
  readonly #via: Via | undefined;

  private constructor(client: PolkadotClient, genesisHash: Uint8Array, via: Via | undefined) {
    this.#client = client;
    this.genesisHash = genesisHash;
    this.#via = via;
  }

  /**
   * Connects to the node at a WebSocket URL.
   * @throws {@link ClientError} `client/no-websocket`, `client/node-unreachable`
   */
  static async connect(
    url: string,
    { websocketClass, timeoutMs = usualTimeoutMs, via }: ChainClientOptions = {},
  ): Promise<ChainClient> {
    if (websocketClass === undefined && typeof WebSocket === "undefined")
      throw new ClientError({ code: "client/no-websocket" });
    const own = { websocketClass: websocketClass as WebSocketClass };
    const provider = getWsProvider(url, websocketClass === undefined ? {} : own);
    const client = createClient(withFewFirstBlocks(provider));
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new ClientError({ code: "client/node-unreachable", url })), timeoutMs);
    });
    try {
      const facts = Promise.all([client.getChainSpecData(), client.getFinalizedBlock()]);
      const [{ genesisHash }] = await Promise.race([facts, late]);
      return new ChainClient(client, from0x(genesisHash), via);
    } catch (error) {
      client.destroy();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Puts a command on the chain, and waits for finality. A worker executes the command in the same way,
   * whichever call carries it.
   * @param payload the text that the worker's client sealed
   * @throws {@link ClientError} `client/transaction-failed`, `client/no-such-call`, `client/not-finalized`;
   * the signal's reason
   */
  async push(
    account: Account,
    contractId: number,
    payload: string,
    options?: SubmitOptions,
  ): Promise<Pushed> {
    const via = this.#via ?? (await this.#usualVia());
    const submitted = await this.#submit(account, commandCall(via, contractId, payload), options);
    return { ...submitted, via, payload, receiptKey: executionReceiptKey(utf8(payload)) };
  }

  /**
   * Puts a signed policy on the chain, for workers whose anchor names its key, and waits for finality.
   * @param policy as core's `encodeSignedPolicy` writes it
   * @throws {@link ClientError} as {@link push}
   */
  async pushPolicy(account: Account, policy: Uint8Array): Promise<Submitted> {
    const via = this.#via ?? (await this.#usualVia());
    return this.#submit(account, commandCall(via, policyContractId, policy));
  }

  /**
   * Signs and submits `Registry.register_worker`, and waits for finality.
   * @throws {@link ClientError} as {@link push}
   */
  async registerWorker(account: Account, registration: WorkerRegistration): Promise<Submitted> {
    return this.#submit(account, {
      pallet: "Registry",
      name: "register_worker",
      args: {
        evidence: utf8(registration.evidence),
        public_key: to0x(registration.publicKey),
        ecdh_public_key: to0x(registration.ecdhPublicKey),
        anchor: to0x(registration.anchor),
        block_number: registration.blockNumber,
        lineage: utf8(registration.lineage),
      },
    });
  }

  /**
   * Signs and submits `Registry.set_policy`, and waits for finality.
   * @param policy JSON text
   * @throws {@link ClientError} as {@link push}
   */
  async setRegistryPolicy(account: Account, policy: string): Promise<Submitted> {
    return this.#submit(account, { pallet: "Registry", name: "set_policy", args: { policy: utf8(policy) } });
  }

  /**
   * Signs and submits `System.remark` with these bytes, and waits for finality. No event contains them.
   * @throws {@link ClientError} as {@link push}
   */
  async remark(account: Account, remark: Uint8Array): Promise<Submitted> {
    return this.#submit(account, { pallet: "System", name: "remark", args: { remark } });
  }

  /** Returns `pallet` if the runtime has the pallet `Execution`; `remark` otherwise. */
  async #usualVia(): Promise<Via> {
    return (await this.#accepts(commandCall("pallet", 0, ""))) ? "pallet" : "remark";
  }

  /** Whether the runtime of the latest final block has a call that takes these arguments. */
  async #accepts({ pallet, name, args }: ChainCall): Promise<boolean> {
    const { tx } = await this.#client.getUnsafeApi().getStaticApis().catch(rethrown);
    try {
      // Without descriptors, the types do not say that every entry has this method.
      (tx[pallet]?.[name] as EncodedCall | undefined)?.getEncodedData(args);
      return true;
    } catch (error) {
      if (error instanceof Error) return false; // polkadot-api has no codes for this
      throw error;
    }
  }

  async #submit(account: Account, wanted: ChainCall, options?: SubmitOptions): Promise<Submitted> {
    const { pallet, name, args } = wanted;
    const call = this.#client.getUnsafeApi().tx[pallet]?.[name];
    if (call === undefined || !(await this.#accepts(wanted)))
      throw new ClientError({ code: "client/no-such-call", call: callName(wanted) });
    // Without descriptors, the types of the events are unknown.
    const events = call(args).signSubmitAndWatch(account.chain) as TransactionEvents;
    return untilFinal(events, options);
  }

  close(): void {
    this.#client.destroy();
  }
}

function rethrown(cause: unknown): never {
  throw refused(cause);
}
