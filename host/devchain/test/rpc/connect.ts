/** Sends JSON-RPC over a bare WebSocket, so that tests can also send messages that no client should send. */
import WebSocket from "ws";

export interface RpcAnswer {
  readonly id?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: string };
  readonly method?: string;
  readonly params?: { readonly subscription: string; readonly result: unknown };
}

export interface Connected {
  readonly socket: WebSocket;
  /**
   * Sends the text unchanged. Returns the next answer; notifications, which have a `method`, do not count.
   */
  readonly raw: (text: string) => Promise<RpcAnswer | readonly RpcAnswer[]>;
  /** Sends a request and returns the whole answer. */
  readonly ask: (method: string, ...params: readonly unknown[]) => Promise<RpcAnswer>;
  /** Sends a request and returns its result. Throws if the answer is an error. */
  readonly call: <T = unknown>(method: string, ...params: readonly unknown[]) => Promise<T>;
  /** Waits for the next message of a subscription and returns it. */
  readonly next: <T = unknown>(subscription: unknown) => Promise<T>;
  readonly close: () => void;
}

export async function connect(url: string): Promise<Connected> {
  const socket = new WebSocket(url);
  const answers: ((answer: RpcAnswer) => void)[] = [];
  const messages = new Map<unknown, unknown[]>();
  const waiting = new Map<unknown, (message: unknown) => void>();
  socket.on("message", (data) => {
    const answer = JSON.parse(String(data)) as RpcAnswer;
    if (answer.method === undefined) return answers.shift()?.(answer);
    const { subscription, result } = answer.params!;
    const waiter = waiting.get(subscription);
    waiting.delete(subscription);
    if (waiter !== undefined) waiter(result);
    else messages.set(subscription, [...(messages.get(subscription) ?? []), result]);
  });
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));

  const raw = (text: string): Promise<RpcAnswer> =>
    new Promise((resolve) => {
      answers.push(resolve);
      socket.send(text);
    });
  const ask = (method: string, ...params: readonly unknown[]): Promise<RpcAnswer> =>
    raw(JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }));
  const call = async <T>(method: string, ...params: readonly unknown[]): Promise<T> => {
    const { result, error } = await ask(method, ...params);
    if (error !== undefined) throw new Error(`${method}: ${error.code} ${error.message} ${error.data ?? ""}`);
    return result as T;
  };
  const next = <T>(subscription: unknown): Promise<T> =>
    new Promise((resolve) => {
      const message = messages.get(subscription)?.shift();
      if (message !== undefined) resolve(message as T);
      else waiting.set(subscription, resolve as (message: unknown) => void);
    });
  return { socket, raw, ask, call, next, close: () => socket.terminate() };
}
