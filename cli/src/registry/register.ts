/** Registers workers from an account. */
import { accountOf, ChainClient, type Pushed } from "@pruntime/client/chain";
import type { Registration } from "@pruntime/relay";
import { websocketClass } from "../worker/connect.ts";

/** An account that signs for workers. */
export interface Registrant {
  /** Its address. */
  readonly account: string;
  /** Submits a registration. Settles when it is final, or when the signal aborts. @throws ClientError */
  readonly submit: (registration: Registration, signal: AbortSignal) => Promise<Pushed>;
}

/** The account of a secret URI. It submits to this node. @throws ClientError `client/bad-account` */
export function registerAs(suri: string, nodeUrl: string): Registrant {
  const account = accountOf(suri);
  return {
    account: account.address,
    submit: async (registration, signal) => {
      const chain = await ChainClient.connect(nodeUrl, { websocketClass });
      const stop = (): void => chain.close();
      signal.addEventListener("abort", stop, { once: true });
      try {
        signal.throwIfAborted();
        return await chain.registerWorker(account, registration);
      } finally {
        signal.removeEventListener("abort", stop);
        chain.close();
      }
    },
  };
}
