/** `transaction_v1_*`. @see https://paritytech.github.io/json-rpc-interface-spec/api/transaction.html */
import { invalidParams, RpcError } from "./error.ts";
import type { Context, Method, MethodTable, Subscription } from "./method.ts";

const maxBroadcasts = 16; // per connection, as in polkadot-sdk

/**
 * Submits a transaction to the pool, and submits it again after every block until the pool accepts it. Does
 * not report whether the transaction is valid.
 */
class Broadcast implements Subscription {
  readonly #context: Context;
  readonly #extrinsic: Uint8Array;
  #stop: () => void = () => {};
  #retry: NodeJS.Immediate | undefined;

  constructor(context: Context, extrinsic: Uint8Array) {
    this.#context = context;
    this.#extrinsic = extrinsic;
    if (this.#accepted()) return;
    this.#stop = context.session.listen((event) => {
      if (event.kind === "imported") this.#retryLater();
    });
  }

  close(): void {
    this.#stop();
    clearImmediate(this.#retry);
  }

  /** Waits until the chain has imported the block, because the pool must not be used during an import. */
  #retryLater(): void {
    clearImmediate(this.#retry);
    this.#retry = setImmediate(() => {
      if (this.#accepted()) this.#stop();
    });
  }

  #accepted(): boolean {
    try {
      this.#context.node.submit(this.#extrinsic);
      return true;
    } catch (error) {
      if (error instanceof RpcError) return false;
      throw error;
    }
  }
}

/** Starts a broadcast. Returns `null` if too many are running. */
const broadcast: Method = (params, context) => {
  const extrinsic = params.bytes(0);
  if ([...context.session.all()].filter((other) => other instanceof Broadcast).length >= maxBroadcasts)
    return null;
  return context.session.open("", () => new Broadcast(context, extrinsic));
};

const stop: Method = (params, { session }) => {
  if (!(session.find(params.text(0)) instanceof Broadcast)) throw invalidParams("Operation ID is invalid");
  session.close(params.text(0));
  return null;
};

/** The methods whose names begin with `transaction_v1_`. */
export const transactionMethods: MethodTable = {
  transaction_v1_broadcast: broadcast,
  transaction_v1_stop: stop,
};
