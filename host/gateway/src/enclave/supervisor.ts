/**
 * Starts the enclave and sends its stored blobs to it. Restarts the enclave if it crashes, is killed, hangs
 * or sends invalid messages.
 */
import type {
  Blob,
  BodyInParts,
  EnclaveLog,
  EnclaveReady,
  EnclaveReply,
  EnclaveSettings,
  FromEnclave,
} from "@pruntime/api/frames";
import type { ProtocolError } from "@pruntime/core/errors";
import type { BaseLogger } from "pino";
import { GatewayError } from "../error.ts";
import { Checkpoints } from "../saved/checkpoints.ts";
import { type AnsweredCall, Journal } from "../saved/journal.ts";
import { resume } from "../saved/resume.ts";
import { RecentUse } from "../shares/recent-use.ts";
import type { BoundedStore } from "../store/bounded.ts";
import { type BackOff, pauseMsAfter } from "./back-off.ts";
import { type Call, Dispatcher, type DispatcherOptions } from "./dispatcher.ts";
import { openPipe, type Pipe } from "./pipe.ts";
import { crashTrace, type EnclaveChild, type EnclaveStart, spawnEnclave } from "./process.ts";

/**
 * `starting`: the first start has not finished. `restarting`: the enclave is lost, and the gateway waits
 * before the next start, or has started the enclave again and waits until it is ready.
 */
export type EnclaveState = "starting" | "ready" | "restarting" | "closed";

/** The state of the enclave's process. */
export interface EnclaveStatus {
  readonly state: EnclaveState;
  readonly restarts: number;
  /** The process id, while a process exists. */
  readonly pid: number | undefined;
  /** The keys and the measurement that the enclave reported when it became ready. They are not proven. */
  readonly identity: EnclaveIdentity | undefined;
}

/** The keys and the measurement that an enclave reports. */
export type EnclaveIdentity = Pick<EnclaveReady, "publicKey" | "ecdhPublicKey" | "measurement">;

/** How to start an enclave, and the limits of its calls and restarts. */
export interface SupervisorOptions extends Omit<DispatcherOptions, "keep" | "hung"> {
  readonly start: EnclaveStart;
  readonly settings: EnclaveSettings;
  readonly store: BoundedStore;
  /** Whether the state of the enclave is saved, so that the next process goes on from it. */
  readonly savesState: boolean;
  readonly log: BaseLogger;
  /** Time limit from the start of the process to its `ready` message. */
  readonly bootTimeoutMs: number;
  readonly restart: BackOff;
  /** Time limit for a closing enclave to complete the calls that were sent to it. */
  readonly closeGraceMs: number;
}

/** One run of the process. */
interface Life {
  readonly child: EnclaveChild;
  readonly pipe: Pipe;
  readonly trace: () => readonly string[];
  readonly bootTimer: NodeJS.Timeout;
  /** The code of the last error in the enclave's log. */
  lastError: string | undefined;
  /** The time at which the enclave became ready, in milliseconds of the monotonic clock. */
  readyAt: number | undefined;
  /** Whether the process is being brought to the saved state. No other calls are passed on meanwhile. */
  isResuming: boolean;
  over: boolean;
}

/**
 * The processes in a row that may end while they are brought to the saved state.
 * @limit processes
 * @source chosen: one end may have another cause
 * @past the saved state is forgotten, and the next process starts at its anchor
 */
const maxLostWhileResuming = 2;

/** Keeps an enclave running and passes calls to it. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly calls: Dispatcher;
  /** The calls that bring a process to the saved state. */
  readonly #resuming: Dispatcher;
  readonly #journal: Journal | undefined;
  readonly #checkpoints: Checkpoints | undefined;
  #lostWhileResuming = 0;
  #state: EnclaveState = "starting";
  #identity: EnclaveIdentity | undefined;
  #life: Life | undefined;
  #restarts = 0;
  #failures = 0;
  #restartTimer: NodeJS.Timeout | undefined;
  #first: { readonly resolve: () => void; readonly reject: (error: GatewayError) => void } | undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    const { log, store, savesState } = options;
    const journal = savesState ? new Journal(store) : undefined;
    const hung = () => this.#lose(this.#life, "hung");
    this.calls = new Dispatcher({ ...options, keep: (reply, call) => this.#keepReply(reply, call), hung });
    this.#resuming = new Dispatcher({
      ...options,
      use: new RecentUse(),
      keep: ({ puts, drops }) => this.#keep(puts, drops),
      hung,
    });
    this.#journal = journal;
    this.#checkpoints =
      journal &&
      new Checkpoints({
        journal,
        ask: (action, body) => ask(this.calls, action, body),
        log,
        now: () => performance.now(),
      });
  }

  get status(): EnclaveStatus {
    const pid = this.#life?.over === false ? this.#life.child.pid : undefined;
    return { state: this.#state, restarts: this.#restarts, pid, identity: this.#identity };
  }

  /**
   * Starts the enclave and resolves when it is ready. The first start is not repeated if it fails.
   * @throws {@link GatewayError} `gateway/no-bundle`, `gateway/boot-failed`; errors of the store
   */
  async start(): Promise<void> {
    const ready = new Promise<void>((resolve, reject) => {
      this.#first = { resolve, reject };
    });
    ready.catch(() => undefined); // `await ready` below throws the error of a boot that fails immediately
    await this.#boot();
    await ready;
  }

  /** Waits a limited time for the calls that were sent to the enclave, and then ends the enclave. */
  async close(): Promise<void> {
    const life = this.#life;
    this.#state = "closed";
    clearTimeout(this.#restartTimer);
    this.calls.closing();
    this.#resuming.closing();
    if (life !== undefined && !life.over) {
      const killer = setTimeout(() => life.child.kill("SIGKILL"), this.#options.closeGraceMs);
      const gone = new Promise<void>((resolve) => {
        for (const end of ["close", "error"]) life.child.once(end, () => resolve());
      });
      life.pipe.end();
      await gone;
      clearTimeout(killer);
    }
    await this.#settled();
  }

  async #settled(): Promise<void> {
    await Promise.all([this.calls.settled(), this.#resuming.settled()]);
  }

  async #boot(): Promise<void> {
    await this.#settled();
    const blobs = await this.#options.store.all();
    if (this.#state === "closed") return;
    const child = spawnEnclave(this.#options.start);
    const life: Life = {
      child,
      pipe: openPipe(child, {
        message: (message) => this.#hear(life, message),
        broken: (error) => this.#broken(life, error),
      }),
      trace: crashTrace(child.stderr),
      bootTimer: setTimeout(() => this.#lose(life, "boot-timeout"), this.#options.bootTimeoutMs),
      lastError: undefined,
      readyAt: undefined,
      isResuming: false,
      over: false,
    };
    this.#life = life;
    child.once("error", () => this.#lose(life, "not-started"));
    child.once("close", (code, signal) => this.#lose(life, signal ?? `exit-${code}`));
    try {
      life.pipe.send({ kind: "boot", settings: this.#options.settings, blobs });
    } catch (error) {
      this.#lose(life, codeOf(error));
    }
  }

  #hear(life: Life, message: FromEnclave): void {
    if (life.over) return;
    if (message.kind === "log") this.#hearLog(life, message);
    else if (message.kind === "reply") this.#callsOf(life).accept(message);
    else if (message.kind === "progress") this.#callsOf(life).progress(message);
    else this.#hearReady(life, message);
  }

  #callsOf({ isResuming }: Life): Dispatcher {
    return isResuming ? this.#resuming : this.calls;
  }

  #hearLog(life: Life, message: EnclaveLog): void {
    if (message.level === "error") life.lastError = message.code;
    this.#log(message);
  }

  #hearReady(life: Life, ready: EnclaveReady): void {
    if (life.readyAt !== undefined)
      throw new GatewayError({ code: "gateway/unexpected-message", kind: ready.kind });
    life.readyAt = performance.now();
    clearTimeout(life.bootTimer);
    void this.#welcome(life, ready);
  }

  /** Stores the blobs of a new identity before any caller can rely on that identity. */
  async #welcome(life: Life, ready: EnclaveReady): Promise<void> {
    try {
      if (ready.puts.length > 0) await this.#keep(ready.puts, []);
      if (this.#journal !== undefined) await this.#resume(life, this.#journal);
    } catch (error) {
      return this.#lose(life, codeOf(error));
    }
    if (life.over || this.#state === "closed") return;
    const { publicKey, ecdhPublicKey, measurement } = ready;
    this.#identity = {
      publicKey: publicKey.slice(),
      ecdhPublicKey: ecdhPublicKey.slice(),
      measurement: measurement.slice(),
    };
    this.#state = "ready";
    this.#options.log.info({ pid: life.child.pid, restarts: this.#restarts }, "enclave ready");
    this.calls.attach(life.pipe.send);
    this.#first?.resolve();
    this.#first = undefined;
  }

  /** Brings a new process to the saved state. Forgets that state if processes ended over it before. */
  async #resume(life: Life, journal: Journal): Promise<void> {
    if (life.over) return;
    if (this.#lostWhileResuming >= maxLostWhileResuming) {
      this.#options.log.error("saved state forgotten; the worker starts at its anchor");
      await journal.open();
      await journal.clear();
      this.#lostWhileResuming = 0;
      return;
    }
    life.isResuming = true;
    this.#resuming.attach(life.pipe.send);
    await resume({
      journal,
      ask: (action, body) => ask(this.#resuming, action, body),
      log: this.#options.log,
    });
    this.#resuming.closing();
    life.isResuming = false;
    this.#lostWhileResuming = 0;
  }

  #broken(life: Life, error: ProtocolError): void {
    if (!life.over) this.#options.log.error({ code: error.code }, "enclave sent an invalid message");
    this.#lose(life, error.code);
  }

  /**
   * Ends a run for any reason. Schedules the next run, unless the supervisor is closed or the first start
   * failed. A second call for the same run has no effect.
   */
  #lose(life: Life | undefined, reason: string): void {
    if (life === undefined || life.over) return;
    life.over = true;
    clearTimeout(life.bootTimer);
    life.child.kill("SIGKILL");
    this.calls.detach();
    this.#resuming.detach();
    if (this.#state === "closed") return;
    if (life.isResuming) this.#lostWhileResuming++;
    if (this.#first !== undefined && !life.isResuming) this.#failFirst(reason, life);
    else this.#planRestart(reason, life);
  }

  #planRestart(reason: string, life: Life): void {
    const { log, restart } = this.#options;
    if (life.readyAt !== undefined && performance.now() - life.readyAt >= restart.maxMs) this.#failures = 0;
    const pauseMs = pauseMsAfter(this.#failures++, restart);
    this.#state = "restarting";
    log.error({ reason, pauseMs, trace: life.trace() }, "enclave lost");
    this.#restartTimer = setTimeout(() => void this.#restart(), pauseMs);
  }

  async #restart(): Promise<void> {
    this.#restarts++;
    try {
      await this.#boot();
    } catch (error) {
      // The bundle or the store cannot be read at the moment. The gateway treats this like a process that
      // does not become ready.
      this.#options.log.error({ code: codeOf(error) }, "enclave not started");
      if (this.#state === "closed") return;
      const pauseMs = pauseMsAfter(this.#failures++, this.#options.restart);
      this.#restartTimer = setTimeout(() => void this.#restart(), pauseMs);
    }
  }

  /**
   * Fails the first start. If the enclave logged an error, reports the last logged error code, because that
   * code explains more than the exit status.
   */
  #failFirst(end: string, life: Life): void {
    const reason = life.lastError ?? end;
    this.#state = "closed";
    this.#options.log.error({ reason, trace: life.trace() }, "enclave did not become ready");
    this.#first?.reject(new GatewayError({ code: "gateway/boot-failed", reason }));
  }

  /** Stores what the reply to a call needs to outlive its process, before the caller receives the reply. */
  async #keepReply(reply: EnclaveReply, call: Call): Promise<void> {
    const { puts, drops, code } = reply;
    await this.#keep(puts, drops, code === undefined ? call : undefined);
    if (call.lane === "operator") this.#checkpoints?.follow(reply, call);
  }

  async #keep(puts: readonly Blob[], drops: readonly string[], call?: AnsweredCall): Promise<void> {
    try {
      if (this.#journal !== undefined) await this.#journal.commit(puts, drops, call);
      else if (puts.length + drops.length > 0) await this.#options.store.commit(puts, drops);
    } catch (error) {
      this.#options.log.error({ code: codeOf(error) }, "blobs not stored");
      throw error;
    }
  }

  #log({ level, code, facts }: EnclaveLog): void {
    const named = facts.slice(0, 16).map(([name, text]) => [name.slice(0, 64), text.slice(0, 256)] as const);
    this.#options.log[level]({ code, facts: Object.fromEntries(named) }, "enclave");
  }
}

/** Makes a call of the gateway's own. */
function ask(calls: Dispatcher, action: string, body: BodyInParts): Promise<EnclaveReply> {
  return calls.call({ lane: "operator", networks: [], action, body, ofGateway: true });
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : "unknown";
}
