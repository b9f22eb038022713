/** The way of a command: sealed, in a block, in a final block, executed. */
import { ClientError } from "./error.ts";

/** A command that is sealed and not yet sent. */
export interface Sealed {
  /** The text that is put on chain. */
  readonly payload: string;
  /**
   * The key of the command's execution receipt. It depends on the payload alone, so it shows later whether a
   * command was executed whose push was aborted.
   */
  readonly receiptKey: string;
}

/** The place of a transaction in a block. */
export interface InBlock {
  readonly blockHash: string;
  readonly blockNumber: number;
  readonly extrinsicIndex: number;
  readonly txHash: string;
}

/** A command that the worker has executed. */
export interface Executed {
  /** `Ok`, or the contract's reason for a refusal. */
  readonly outcome: string;
}

/**
 * A step of a command. `in-block` comes again if a reorganization of the chain puts the command into another
 * block. `P` is what the chain reports about a final command.
 */
export type PushStep<P> =
  | ({ readonly step: "sealed" } & Sealed)
  | ({ readonly step: "in-block" } & InBlock)
  | ({ readonly step: "finalized" } & P)
  | ({ readonly step: "executed" } & Executed);

/** The names by which {@link PushStep} tells the steps apart. */
export type StepName = PushStep<unknown>["step"];

/** How a transaction is followed. */
export interface SubmitOptions {
  /** Ends the following, and the broadcast if the node still tries. */
  readonly signal?: AbortSignal;
  /** Called with each block of the best chain that contains the transaction, before it is final. */
  readonly onBlock?: (block: InBlock) => void;
  /** How long to wait until the transaction is final, in milliseconds. Default: 600 000. */
  readonly timeoutMs?: number;
}

/** What happens at each step. */
export interface Way<P> {
  readonly seal: () => Promise<Sealed>;
  readonly submit: (sealed: Sealed, onBlock: (block: InBlock) => void) => Promise<P>;
  readonly execute: (sealed: Sealed, final: P) => Promise<Executed>;
}

/**
 * A command on its way. Await one of its promises, or iterate over its steps with `for await`. The way to a
 * final block begins at once. The client waits for the execution only if someone asks for it. If a step
 * fails, its promise and those after it reject with the same error.
 */
export class Push<P extends InBlock> implements AsyncIterable<PushStep<P>> {
  /** The command is sealed. */
  readonly sealed: Promise<Sealed>;
  /** The first block that contained the command. A reorganization can still remove this block. */
  readonly inBlock: Promise<InBlock>;
  /** The command is in a final block, so the worker will execute it. */
  readonly finalized: Promise<P>;
  readonly #way: Way<P>;
  readonly #signal: AbortSignal | undefined;
  readonly #steps: PushStep<P>[] = [];
  #executed: Promise<Executed> | undefined;
  #wake: () => void = () => {};

  constructor(way: Way<P>, signal: AbortSignal | undefined) {
    this.#way = way;
    this.#signal = signal;
    this.sealed = this.#unlessAborted(way.seal).then((sealed) => this.#add("sealed", sealed));
    let contained: (block: InBlock) => void = () => {};
    const first = new Promise<InBlock>((resolve) => {
      contained = resolve;
    });
    const onBlock = (block: InBlock): void => contained(this.#add("in-block", block));
    this.finalized = this.sealed
      .then((sealed) => this.#unlessAborted(() => way.submit(sealed, onBlock)))
      .then((final) => this.#add("finalized", final));
    this.inBlock = Promise.race([first, this.finalized]);
    for (const step of [this.sealed, this.inBlock, this.finalized]) step.catch(() => {}); // may be ignored
  }

  /** The worker has executed the command. The client asks the worker only after this is read. */
  get executed(): Promise<Executed> {
    this.#executed ??= this.finalized.then(async (final) => {
      const sealed = await this.sealed;
      return this.#unlessAborted(() => this.#way.execute(sealed, final));
    });
    return this.#executed;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<PushStep<P>, void> {
    for (let given = 0; this.#steps[given - 1]?.step !== "finalized"; given++) {
      while (this.#steps.length === given) {
        const added = new Promise<void>((resolve) => {
          const others = this.#wake;
          this.#wake = () => {
            others();
            resolve();
          };
        });
        await Promise.race([added, this.finalized]);
      }
      yield this.#steps[given] as PushStep<P>;
    }
    yield { step: "executed", ...(await this.executed) };
  }

  #add<T extends object>(step: StepName, facts: T): T {
    this.#steps.push({ step, ...facts } as unknown as PushStep<P>);
    this.#wake();
    this.#wake = () => {};
    return facts;
  }

  /** @throws {@link ClientError} `client/aborted`; as `work` */
  async #unlessAborted<T>(work: () => Promise<T>): Promise<T> {
    const signal = this.#signal;
    let stop = (): void => {};
    const aborted = new Promise<never>((_, reject) => {
      stop = () => reject(signal?.reason);
      signal?.addEventListener("abort", stop, { once: true });
    });
    try {
      signal?.throwIfAborted();
      return await Promise.race([work(), aborted]);
    } catch (cause) {
      if (signal?.aborted !== true) throw cause;
      throw new ClientError(
        { code: "client/aborted", after: this.#steps.at(-1)?.step ?? "nothing" },
        { cause },
      );
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  }
}
