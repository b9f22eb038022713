/**
 * Proves the meaning of events: a finalized state proves the chain's `:code`, and this code itself returns
 * the metadata. The process that contains the runtime runs the code, as a {@link RuntimeCode}.
 */
import { toHex } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import { ProtocolError } from "@pruntime/core/errors";
import { wellKnownKeys } from "@pruntime/core/storage-key";
import { openStateProof } from "@pruntime/core/trie";
import { type CommandEvents, compileCommandEvents } from "./command-events.ts";
import { CodeError } from "./error.ts";

/** Runs a Substrate runtime. */
export interface RuntimeCode {
  /**
   * The SCALE metadata with its magic number, as `Metadata_metadata` or a later version of it returns it.
   * `undefined` if the code does not run or returns nothing.
   */
  readonly metadataOf: (code: Uint8Array) => Uint8Array | undefined;
}

/**
 * The event readers of the four most recently used runtimes, by the hash of their code. Code that did not run
 * is not tried again, because a relay repeats its calls and each trap uses up some of the interpreter's
 * stack.
 */
export class MeaningCache {
  readonly #crypto: Pick<Crypto, "blake2b256">;
  readonly #runtime: RuntimeCode;
  readonly #known = new Map<string, CommandEvents | ProtocolError>();

  constructor(crypto: Pick<Crypto, "blake2b256">, runtime: RuntimeCode) {
    this.#crypto = crypto;
    this.#runtime = runtime;
  }

  /**
   * Returns the event reader for blocks that run the code in this state.
   * @param stateRoot the trusted state root of the finalized block before those blocks
   * @throws {@link CodeError}; TrieError, MetadataError, CodecError
   */
  proven(stateRoot: Uint8Array, proof: readonly Uint8Array[]): CommandEvents {
    const code = openStateProof(this.#crypto.blake2b256, stateRoot, proof).read(wellKnownKeys.code);
    if (code === undefined) throw new CodeError({ code: "code/not-in-state" });
    const name = toHex(this.#crypto.blake2b256(code));
    const events = this.#known.get(name) ?? this.#compile(code);
    this.#remember(name, events);
    if (events instanceof ProtocolError) throw events;
    return events;
  }

  /** The reader, or the reason why the code has none. */
  #compile(code: Uint8Array): CommandEvents | ProtocolError {
    const metadata = this.#runtime.metadataOf(code);
    if (metadata === undefined) return new CodeError({ code: "code/no-metadata" });
    try {
      return compileCommandEvents(metadata);
    } catch (error) {
      if (error instanceof ProtocolError) return error;
      throw error;
    }
  }

  #remember(name: string, events: CommandEvents | ProtocolError): void {
    this.#known.delete(name);
    this.#known.set(name, events);
    const [oldest] = this.#known.keys();
    if (this.#known.size > maxKnown && oldest !== undefined) this.#known.delete(oldest);
  }
}

const maxKnown = 4;
