/** The spools of a relay: one for each chain, in a folder that the chain's genesis hash names. */
import { join } from "node:path";
import { toHex } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import type { NodeConnection } from "../node/connection.ts";
import { SubstrateNode } from "../node/node.ts";
import { SpooledNode } from "./node.ts";
import { RemoteSpool } from "./remote.ts";
import { Spool } from "./spool.ts";
import { SpoolStore } from "./store.ts";

/**
 * One chain's spool on disk.
 * @limit bytes
 * @source chosen; `--spool-size` sets another
 * @past the oldest blocks are dropped
 */
export const usualSpoolBytes: number = 2 ** 31;

/** Where the spools are, how large each spool may become, and the relays whose spools may be read. */
export interface SpoolOptions {
  readonly folder: string;
  /** Maximum size of one chain's spool on disk, in bytes. */
  readonly maxBytes: number;
  /** The addresses of other relays' spools, in order of preference. */
  readonly from?: readonly string[];
  /** The largest record that is read from another relay, in bytes. Default: 256 MiB. */
  readonly maxRecordBytes?: number;
  readonly note?: (text: string) => void;
}

/**
 * A record that is read from another relay's spool.
 * @limit bytes
 * @source chosen: more than the largest block with its proof
 * @past the block is looked for elsewhere
 */
const usualRecordBytes = 256 << 20;

/** The spools of a relay. Only one relay may use a folder at a time. */
export class Spools {
  readonly #options: SpoolOptions;
  readonly #remotes: readonly RemoteSpool[];
  /** By genesis hash, as hex. */
  readonly #open = new Map<string, Spool>();

  constructor(options: SpoolOptions) {
    const { from = [], maxRecordBytes = usualRecordBytes } = options;
    this.#options = options;
    this.#remotes = from.map((url) => new RemoteSpool(url, maxRecordBytes));
  }

  /** The spool of the chain with this genesis hash, as hex; `undefined` if no node of the chain was used. */
  opened(genesis: string): Spool | undefined {
    return this.#open.get(genesis);
  }

  /**
   * A node behind the spool of its chain.
   * @throws {@link RelayError} `relay/spool-failed`; the errors of a request
   */
  async nodeOf(connection: NodeConnection, crypto: Crypto): Promise<SpooledNode> {
    const genesis = await new SubstrateNode(connection, crypto).genesisHash();
    return new SpooledNode(connection, crypto, this.#of(genesis, crypto));
  }

  async close(): Promise<void> {
    for (const spool of this.#open.values()) {
      await spool.settled();
      await spool.store.close();
    }
    this.#open.clear();
  }

  #of(genesis: Uint8Array, crypto: Crypto): Spool {
    const name = toHex(genesis);
    const known = this.#open.get(name);
    if (known !== undefined) return known;
    const { folder, maxBytes, note = () => undefined } = this.#options;
    const store = new SpoolStore(join(folder, name), crypto, maxBytes);
    const spool = new Spool(crypto, genesis, store, this.#remotes, note);
    this.#open.set(name, spool);
    return spool;
  }
}
