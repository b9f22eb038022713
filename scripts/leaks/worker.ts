/** A worker that follows an embedded chain, with its users and a host that records everything. */
import {
  type ClientOptions,
  connectTrustingWhoeverAnswers,
  httpTransport,
  type WorkerClient,
} from "@pruntime/client";
import { accountOf } from "@pruntime/client/chain";
import { type DataFile, sealDataFile } from "@pruntime/client/contracts/data-files";
import { encodeBlockHeaderWithEvents, encodeHeaderToSync } from "@pruntime/core/bridge-2020";
import { fromBase64, fromUtf8, toBase64, toHex, utf8 } from "@pruntime/core/bytes";
import { type ChannelKind, openResult } from "@pruntime/core/channel";
import type { Random } from "@pruntime/core/crypto";
import { ProtocolError } from "@pruntime/core/errors";
import type { Json } from "@pruntime/core/json";
import { systemEventsKey, timestampNowKey, wellKnownKeys } from "@pruntime/core/storage-key";
import { createNativeCrypto } from "@pruntime/crypto-native";
import { bridgeInitInfo, createDevchain, type Devchain } from "@pruntime/devchain";
import { pushCommand, signed } from "../../host/devchain/test/support/extrinsic.ts";
import { signer } from "../../host/devchain/test/support/keys.ts";
import type { Sent, Who } from "./cases.ts";
import { type FileCase, paths } from "./files.ts";
import { RecordingHost } from "./host.ts";

const crypto = await createNativeCrypto({ addons: true });
/** The time at which the chain begins, and the latest time of a reply that the client takes. */
const [genesisMs, latestMs] = [1_600_000_000_000, 1_600_100_000_000];

/**
 * The randomness of a client. It is the same for all workers, so that the random numbers that a client sends
 * in clear do not differ.
 */
function countingRandom(): Random {
  let draws = 0;
  return (length) => crypto.sha512(utf8(String(draws++))).slice(0, length);
}

/** A worker, its chain and its users. */
export class RecordedWorker {
  readonly host: RecordingHost;
  readonly #chain: Devchain;
  readonly #client: WorkerClient;
  readonly #kind: ChannelKind;

  private constructor(host: RecordingHost, chain: Devchain, client: WorkerClient, kind: ChannelKind) {
    this.host = host;
    this.#chain = chain;
    this.#client = client;
    this.#kind = kind;
  }

  /** Starts a worker at the genesis of a new chain. `kind` is the channel that its users choose. */
  static async start(kind: ChannelKind): Promise<RecordedWorker> {
    const chain = await createDevchain({ crypto, mode: { kind: "manual" }, now: () => genesisMs });
    const host = await RecordingHost.start();
    await host.call("init_runtime", {
      bridge_genesis_info_b64: bridgeInitInfo(chain),
      channel_v1: true,
      genesis_balance: "development",
      runtime_metadata_b64: toBase64(chain.metadata(15)),
      skip_ra: true,
    });
    const options: ClientOptions = {
      transport: httpTransport(host.gateway.url),
      crypto,
      random: countingRandom(),
      freshness: { now: () => latestMs, maxAgeMs: latestMs },
    };
    return new RecordedWorker(host, chain, await connectTrustingWhoeverAnswers(options), kind);
  }

  /**
   * Seals a command, puts it on the chain for a contract, and lets the worker execute the block. Returns the
   * key of the command's receipt.
   */
  async send({ contract, by, message }: Sent, sentTo = contract): Promise<string> {
    const sender = signer(by);
    const payload = utf8(this.#client.sealCommand(sender.id, contract, message, this.#kind));
    this.#chain.submit(signed(this.#chain, sender, pushCommand(sentTo, payload)));
    const block = this.#chain.produceBlock();
    const { encodedHeader } = block;
    const header = encodeHeaderToSync({ encodedHeader, justification: this.#chain.justificationOf(block) });
    await this.host.call("sync_header", { headers_b64: [toBase64(header)] });
    const key = systemEventsKey(crypto);
    const proof = this.#chain.readProof(block, [key, timestampNowKey(crypto), wellKnownKeys.pendingCode]);
    const parts = encodeBlockHeaderWithEvents({ encodedHeader, events: undefined, proof, key });
    await this.host.call("dispatch_block", { blocks_b64: [toBase64(parts)] });
    return toHex(crypto.blake2b256(payload));
  }

  /** Asks a contract. Returns the answer, or the code with which the query was refused. */
  async ask(contract: number, request: Json, by: Who | undefined): Promise<Json> {
    const asker = by && accountOf(`//${by}`).query;
    try {
      return (
        await this.#client.query(contract, request, { kind: this.#kind, ...(asker && { signer: asker }) })
      ).value;
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      const { code, reason = code } = error.detail as { code: string; reason?: string };
      return reason;
    }
  }

  /** Uploads the sealed files of an order, fetches its result, and returns the result's rows. */
  async join({ dataset, query }: FileCase): Promise<string> {
    await this.#upload("Alice", { kind: "dataset", path: paths.dataset, bytes: utf8(dataset) });
    const key = await this.#upload("Bob", { kind: "query", path: paths.query, bytes: utf8(query) });
    const { value } = await this.host.call("get", { path: paths.result });
    return fromUtf8(openResult(crypto, key, paths.result, fromBase64(String(value))).rows);
  }

  /** Seals and uploads a file. Returns the key of the results. */
  async #upload(by: Who, file: DataFile): Promise<Uint8Array> {
    const { bytes, resultKey } = await sealDataFile(this.#client, file, accountOf(`//${by}`).query);
    await this.host.call("set", { path: file.path, data: toBase64(bytes) });
    return resultKey;
  }

  /** Takes a dump, page by page, as an operator may do after any block. */
  async dump(): Promise<void> {
    const { id } = await this.host.call("dump_begin", {});
    for (let [index, last] = [0, false]; !last; index++)
      last = (await this.host.call("dump_page", { id, index }))["last"] === true;
  }

  async close(): Promise<void> {
    await this.host.close();
    this.#chain.close();
  }
}
