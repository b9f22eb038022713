/** Decodes a node's answers. This file checks their format, and the worker verifies their content. */
import { from0x, to0x } from "@pruntime/core/bytes";
import { encodeHeader, leastHeaderBytes, readHeader } from "@pruntime/core/chain";
import type { Crypto } from "@pruntime/core/crypto";
import { ProtocolError } from "@pruntime/core/errors";
import { encode, Reader, writeCompact } from "@pruntime/core/scale";
import { timestampNowKey } from "@pruntime/core/storage-key";
import { RelayError } from "../error.ts";
import type { NodeConnection } from "./connection.ts";
import { inParallel } from "./parallel.ts";

/** A header in SCALE, with its number and its BLAKE2b-256 hash. */
export interface NodeHeader {
  readonly number: number;
  readonly hash: Uint8Array;
  readonly encoded: Uint8Array;
}

/** A block with its body, and its stored GRANDPA justification if there is one. */
export interface NodeBlock {
  readonly header: NodeHeader;
  /** SCALE extrinsics, each with its length prefix, as on the chain. */
  readonly extrinsics: readonly Uint8Array[];
  readonly justification: Uint8Array | undefined;
}

/**
 * A finality proof. The justification finalizes the block with hash `target`. `headers` are the headers after
 * the requested block, up to and including `target`.
 */
export interface NodeFinalityProof {
  readonly target: Uint8Array;
  readonly justification: Uint8Array;
  readonly headers: readonly NodeHeader[];
}

const grandpaEngine = "70,82,78,75"; // "FRNK" as JSON-RPC writes it: an array of bytes

/** A node of a Substrate chain, called with the legacy JSON-RPC methods. */
export class SubstrateNode {
  readonly connection: NodeConnection;
  /** The cryptography for storage keys and header hashes. */
  readonly crypto: Crypto;

  constructor(connection: NodeConnection, crypto: Crypto) {
    this.connection = connection;
    this.crypto = crypto;
  }

  async genesisHash(): Promise<Uint8Array> {
    return this.hashAt(0);
  }

  /** The number of the latest block that the node reports as final. */
  async finalizedNumber(): Promise<number> {
    const hash = await this.#call("chain_getFinalizedHead", [], text);
    return this.#call("chain_getHeader", [hash], (header) =>
      Number.parseInt(text(field(header, "number")), 16),
    );
  }

  async hashAt(number: number): Promise<Uint8Array> {
    return this.#call("chain_getBlockHash", [number], (answer) => from0x(text(answer)));
  }

  async headerAt(number: number): Promise<NodeHeader> {
    return this.headerOf(await this.hashAt(number));
  }

  async headerOf(hash: Uint8Array): Promise<NodeHeader> {
    return this.#call("chain_getHeader", [to0x(hash)], (header) => this.#header(header, hash));
  }

  /**
   * Headers `from`…`to`. One request gets all hashes. At most 16 headers are requested at once, or fewer
   * while the node limits the relay's requests.
   */
  async headersAt(from: number, to: number): Promise<NodeHeader[]> {
    const numbers = Array.from({ length: to - from + 1 }, (_, i) => from + i);
    const hashes = await this.#call("chain_getBlockHash", [numbers], (answer) =>
      hashesOf(answer, numbers.length),
    );
    return inParallel(hashes, 16, (hash) => this.headerOf(hash));
  }

  async blockAt(number: number): Promise<NodeBlock> {
    return this.blockOf(await this.hashAt(number));
  }

  /** @throws {@link RelayError} `relay/no-block` when the node does not have the block's body */
  async blockOf(hash: Uint8Array): Promise<NodeBlock> {
    return this.#call("chain_getBlock", [to0x(hash)], (signed) => {
      if (signed === null) throw new RelayError({ code: "relay/no-block", hash: to0x(hash) });
      const block = field(signed, "block");
      return {
        header: this.#header(field(block, "header"), hash),
        extrinsics: list(field(block, "extrinsics")).map((extrinsic) => from0x(text(extrinsic))),
        justification: justificationOf((signed as { justifications?: unknown }).justifications),
      };
    });
  }

  /**
   * The first block after `after` whose state the node still has. Nodes discard the oldest states first, so
   * the node has the states of all later blocks, too.
   */
  async firstState(after: number): Promise<number> {
    let [gone, kept] = [after, Math.max(after + 1, await this.finalizedNumber())];
    while (kept - gone > 1) {
      const middle = (gone + kept) >>> 1;
      if (await this.#keepsState(middle)) kept = middle;
      else gone = middle;
    }
    return kept;
  }

  /** Returns a storage value; `undefined` if the key has no value. An empty value is not `undefined`. */
  async storage(key: Uint8Array, at: Uint8Array): Promise<Uint8Array | undefined> {
    return this.#call("state_getStorage", [to0x(key), to0x(at)], (answer) =>
      answer === null ? undefined : from0x(text(answer)),
    );
  }

  /** Returns at most `count` keys that have the prefix and follow `start`, in ascending order. */
  async keysUnder(
    prefix: Uint8Array,
    count: number,
    start: Uint8Array | undefined,
    at: Uint8Array,
  ): Promise<Uint8Array[]> {
    const after = start === undefined ? null : to0x(start);
    return this.#call("state_getKeysPaged", [to0x(prefix), count, after, to0x(at)], (answer) =>
      list(answer).map((key) => from0x(text(key))),
    );
  }

  async readProof(keys: readonly Uint8Array[], at: Uint8Array): Promise<readonly Uint8Array[]> {
    return this.#call("state_getReadProof", [keys.map(to0x), to0x(at)], (answer) =>
      list(field(answer, "proof")).map((node) => from0x(text(node))),
    );
  }

  /** SCALE runtime metadata (V14) of the runtime at a block. */
  async metadata(at: Uint8Array): Promise<Uint8Array> {
    return this.#call("state_getMetadata", [to0x(at)], (answer) => from0x(text(answer)));
  }

  /** The `spec_name` of the runtime at a block. */
  async specName(at: Uint8Array): Promise<string> {
    return this.#call("state_getRuntimeVersion", [to0x(at)], (answer) => text(field(answer, "specName")));
  }

  /**
   * A proof of a block's finality; `undefined` when the node has none.
   * @throws {@link RelayError} if the node refuses, cannot be reached, or sends too much
   */
  async proveFinality(number: number): Promise<NodeFinalityProof | undefined> {
    return this.#call("grandpa_proveFinality", [number], (answer) => {
      if (answer === null) return undefined;
      const r = new Reader(from0x(text(answer)));
      const [target, justification] = [r.take(32).slice(), r.vecU8().slice()];
      return {
        target,
        justification,
        headers: r.vec(leastHeaderBytes, (entry) => this.#encodedHeader(entry), 100_000),
      };
    });
  }

  /** The first block after `after` whose state the relay can read, from the node or from a spool. */
  async firstAvailable(after: number): Promise<number> {
    return this.firstState(after);
  }

  async #keepsState(number: number): Promise<boolean> {
    const hash = to0x(await this.hashAt(number));
    try {
      await this.#call("state_getStorage", [to0x(timestampNowKey(this.crypto)), hash], () => undefined);
      return true;
    } catch (error) {
      if (!(error instanceof RelayError) || error.code !== "relay/state-discarded") throw error;
      return false;
    }
  }

  async #call<T>(method: string, params: readonly unknown[], read: (answer: unknown) => T): Promise<T> {
    const answer = await this.connection.request(method, ...params);
    try {
      return read(answer);
    } catch (cause) {
      if (cause instanceof RelayError) throw cause;
      if (cause instanceof ProtocolError || cause instanceof TypeError)
        throw new RelayError({ code: "relay/bad-answer", method }, { cause });
      throw cause;
    }
  }

  #encodedHeader(r: Reader): NodeHeader {
    const header = readHeader(r);
    const encoded = encodeHeader(header);
    return { number: header.number, hash: this.crypto.blake2b256(encoded), encoded };
  }

  /**
   * Converts a header from JSON to SCALE. The encoding is correct if and only if its hash is the block's
   * hash.
   */
  #header(json: unknown, hash: Uint8Array): NodeHeader {
    const number = Number.parseInt(text(field(json, "number")), 16);
    const logs = list(field(field(json, "digest"), "logs")).map((log) => from0x(text(log)));
    const encoded = encode(logs, (w) => {
      w.raw(from0x(text(field(json, "parentHash"))));
      writeCompact(w, number);
      w.raw(from0x(text(field(json, "stateRoot")))).raw(from0x(text(field(json, "extrinsicsRoot"))));
      w.vec(logs, (out, log) => out.raw(log));
    });
    if (to0x(this.crypto.blake2b256(encoded)) !== to0x(hash))
      throw new TypeError("the header does not hash to the block's hash");
    return { number, hash, encoded };
  }
}

function justificationOf(justifications: unknown): Uint8Array | undefined {
  if (justifications === null || justifications === undefined) return undefined;
  for (const entry of list(justifications)) {
    const [engine, bytes] = list(entry);
    if (String(engine) === grandpaEngine)
      return typeof bytes === "string" ? from0x(bytes) : Uint8Array.from(list(bytes) as number[]);
  }
  return undefined;
}

function hashesOf(answer: unknown, count: number): Uint8Array[] {
  const hashes = list(answer);
  if (hashes.length !== count) throw new TypeError("not as many hashes as numbers");
  return hashes.map((hash) => from0x(text(hash)));
}

function text(value: unknown): string {
  if (typeof value !== "string") throw new TypeError("not a string");
  return value;
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError("not an array");
  return value;
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) throw new TypeError("not an object");
  return (value as Readonly<Record<string, unknown>>)[name];
}
