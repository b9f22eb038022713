/** Registers workers on behalf of an account. */
import { accountOf, ChainClient, type Submitted } from "@pruntime/client/chain";
import type { Registration } from "@pruntime/relay";
import { websocketClass } from "../worker/connect.ts";

/** An account that signs the registrations of workers. */
export interface Registrant {
  /** The account's address. */
  readonly account: string;
  /** The account's id, 32 bytes. */
  readonly operator: Uint8Array;
  /**
   * Submits a registration. Resolves when the registration is final; rejects when the signal aborts. @throws
   * ClientError
   */
  readonly submit: (registration: Registration, signal: AbortSignal) => Promise<Submitted>;
}

/**
 * Returns the account of a secret URI. The account submits registrations to the given node.
 * @throws ClientError `client/bad-account`
 */
export function registerAs(suri: string, nodeUrl: string): Registrant {
  const account = accountOf(suri);
  return {
    account: account.address,
    operator: account.id,
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
