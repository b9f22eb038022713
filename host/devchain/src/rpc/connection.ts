/** One WebSocket connection: its subscriptions, and the order of its outgoing messages. */
import { randomBytes } from "node:crypto";
import type { WebSocket } from "ws";
import type { ChainEvent } from "../types.ts";
import { Dispatcher, type DispatchLimits } from "./dispatch.ts";
import { tooManySubscriptions } from "./error.ts";
import type { Emit, Method, Session, Subscription } from "./method.ts";
import type { NodeView } from "./node-view.ts";

/** The limits on one client's requests, subscriptions and unread bytes. */
export interface ConnectionLimits extends DispatchLimits {
  readonly maxSubscriptions: number;
  /** The number of sent but unread bytes above which the client is disconnected. */
  readonly maxBufferedBytes: number;
}

/** The server's side of one client's WebSocket. */
export class Connection implements Session {
  readonly #socket: WebSocket;
  readonly #node: NodeView;
  readonly #limits: ConnectionLimits;
  readonly #dispatcher: Dispatcher;
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #waiting = new Set<NodeJS.Timeout>();
  /**
   * Work that waits for the answer to the current message, such as notifications; `undefined` if there is no
   * current message.
   */
  #afterAnswer: (() => void)[] | undefined;

  constructor(
    socket: WebSocket,
    node: NodeView,
    methods: ReadonlyMap<string, Method>,
    limits: ConnectionLimits,
  ) {
    this.#socket = socket;
    this.#node = node;
    this.#limits = limits;
    this.#dispatcher = new Dispatcher(methods, { node, session: this }, limits);
    socket.on("message", (data) => this.#takeInTime(String(data)));
    socket.on("error", () => socket.terminate());
    socket.on("close", () => this.#end());
  }

  open(event: string, start: (emit: Emit, ended: () => void) => Subscription): string {
    if (this.#subscriptions.size >= this.#limits.maxSubscriptions)
      throw tooManySubscriptions(this.#limits.maxSubscriptions);
    const id = randomBytes(8).toString("hex");
    let over = false;
    const ended = (): void => {
      over = true;
      this.#subscriptions.delete(id);
    };
    const subscription = start((result) => this.#notify(event, id, result), ended);
    if (!over) this.#subscriptions.set(id, subscription);
    return id;
  }

  close(id: string): boolean {
    this.#subscriptions.get(id)?.close();
    return this.#subscriptions.delete(id);
  }

  find(id: string): Subscription | undefined {
    return this.#subscriptions.get(id);
  }

  all(): Iterable<Subscription> {
    return this.#subscriptions.values();
  }

  listen(listener: (event: ChainEvent) => void): () => void {
    return this.#node.subscribe((event) => this.#guarded(() => listener(event)));
  }

  afterAnswer(run: () => void): void {
    if (this.#afterAnswer === undefined) run();
    else this.#afterAnswer.push(run);
  }

  /** Answers a message after the message's delay. Later messages do not wait for this answer. */
  #takeInTime(message: string): void {
    const delayMs = this.#dispatcher.delayMs(message);
    if (delayMs === 0) this.#take(message);
    else this.#takeLater(message, delayMs);
  }

  #takeLater(message: string, delayMs: number): void {
    const timer = setTimeout(() => {
      this.#waiting.delete(timer);
      this.#take(message);
    }, delayMs);
    this.#waiting.add(timer);
  }

  #take(message: string): void {
    const waiting: (() => void)[] = [];
    this.#afterAnswer = waiting;
    this.#guarded(() => {
      const answer = this.#dispatcher.answer(message);
      this.#afterAnswer = undefined;
      if (answer !== undefined) this.#send(answer);
      for (const run of waiting) run();
    });
    this.#afterAnswer = undefined;
  }

  #notify(method: string, subscription: string, genuine: unknown): void {
    const params = { subscription, result: this.#node.result(method, genuine) };
    const notification = JSON.stringify({ jsonrpc: "2.0", method, params });
    this.afterAnswer(() => this.#send(notification));
  }

  #send(message: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#socket.send(message);
    if (this.#socket.bufferedAmount > this.#limits.maxBufferedBytes) this.#socket.terminate();
  }

  /**
   * Runs a function. An error in the function, or in a fault's hook that it calls, ends only this connection.
   */
  #guarded(run: () => void): void {
    try {
      run();
    } catch {
      this.#socket.close(1011, "internal error");
    }
  }

  #end(): void {
    for (const timer of this.#waiting) clearTimeout(timer);
    for (const subscription of this.#subscriptions.values()) subscription.close();
    this.#subscriptions.clear();
  }
}
