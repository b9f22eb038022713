/**
 * Proves the meaning of events: a finalized state proves the chain's code, and the code returns its metadata.
 * The worker's process runs the code with a {@link RuntimeCode}.
 */
import { toHex } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import { ProtocolError } from "@pruntime/core/errors";
import { wellKnownKeys } from "@pruntime/core/storage-key";
import { openStateProofWork } from "@pruntime/core/trie";
import type { Work } from "@pruntime/core/work";
import { type CommandEvents, compileCommandEvents } from "./command-events.ts";
import { CodeError } from "./error.ts";
import { runsPendingCode } from "./pending-code.ts";

/** Runs a Substrate runtime, in units. The run itself is one unit. */
export interface RuntimeCode {
  /**
   * The SCALE metadata with its magic number, as the runtime's `Metadata_metadata` or a later function for
   * metadata returns it. `undefined` if the code does not run or returns nothing.
   * @throws ProtocolError for a reason other than the code, such as a lack of memory
   */
  readonly metadataOf: (code: Uint8Array) => Work<Uint8Array | undefined>;
}

/**
 * The reason why a chain's code has no event reader: a {@link CodeError} `code/no-metadata`, a MetadataError
 * or a CodecError.
 */
export type UnreadableCode = ProtocolError;

/**
 * The event readers of the four most recently used runtimes, by the hash of their code. The cache also
 * remembers code that did not run, because a relay repeats its calls.
 */
export class MeaningCache {
  readonly #crypto: Pick<Crypto, "blake2b256">;
  readonly #runtime: RuntimeCode;
  readonly #known = new Map<string, CommandEvents | UnreadableCode>();

  constructor(crypto: Pick<Crypto, "blake2b256">, runtime: RuntimeCode) {
    this.#crypto = crypto;
    this.#runtime = runtime;
  }

  /**
   * Returns the event reader for the blocks after a state, or the reason why the code of these blocks has no
   * reader. The blocks run the code under `:pending_code` if the runtime under `:code` has stored code there.
   * Otherwise, they run the code under `:code`.
   * @param stateRoot the state root of a finalized block, which the caller trusts
   * @throws {@link CodeError} `code/not-in-state`; TrieError
   */
  *proven(stateRoot: Uint8Array, proof: readonly Uint8Array[]): Work<CommandEvents | UnreadableCode> {
    const state = yield* openStateProofWork(this.#crypto.blake2b256, stateRoot, proof);
    yield;
    const events = yield* this.#readerOf(state.read(wellKnownKeys.code));
    return !(events instanceof ProtocolError) && runsPendingCode(state, events.systemVersion)
      ? yield* this.#readerOf(state.read(wellKnownKeys.pendingCode))
      : events;
  }

  *#readerOf(code: Uint8Array | undefined): Work<CommandEvents | UnreadableCode> {
    if (code === undefined) throw new CodeError({ code: "code/not-in-state" });
    const name = toHex(this.#crypto.blake2b256(code));
    const events = this.#known.get(name) ?? (yield* this.#compile(code));
    this.#remember(name, events);
    return events;
  }

  *#compile(code: Uint8Array): Work<CommandEvents | UnreadableCode> {
    const metadata = yield* this.#runtime.metadataOf(code);
    yield;
    if (metadata === undefined) return new CodeError({ code: "code/no-metadata" });
    try {
      return yield* compileCommandEvents(metadata);
    } catch (error) {
      if (error instanceof ProtocolError) return error;
      throw error;
    }
  }

  #remember(name: string, events: CommandEvents | UnreadableCode): void {
    this.#known.delete(name);
    this.#known.set(name, events);
    const [oldest] = this.#known.keys();
    if (this.#known.size > maxKnown && oldest !== undefined) this.#known.delete(oldest);
  }
}

/**
 * The runtimes whose compiled metadata is kept.
 * @limit runtimes
 * @source chosen: a chain has one runtime at a time, and the next one around an upgrade
 * @past the runtime that was used longest ago is compiled again when it is needed
 */
const maxKnown = 4;
