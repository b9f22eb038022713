/** Sets up a chain, its server and a plain JSON-RPC connection. All three are closed when the test ends. */
import { Keyring } from "@polkadot/api";
import {
  createDevchain,
  type Devchain,
  type DevchainOptions,
  type ServeOptions,
  serveDevchain,
} from "@pruntime/devchain";
import { onTestFinished } from "vitest";
import { type Connected, connect } from "./connect.ts";

export interface Bench {
  readonly chain: Devchain;
  readonly url: string;
  readonly rpc: Connected;
}

export async function serve(options: DevchainOptions = {}, serveOptions: ServeOptions = {}): Promise<Bench> {
  const chain = await createDevchain(options);
  const served = await serveDevchain(chain, serveOptions);
  onTestFinished(async () => {
    await served.close();
    chain.close();
  });
  const rpc = await connect(served.url);
  onTestFinished(() => rpc.close());
  return { chain, url: served.url, rpc };
}

/** The sr25519 key of `//Alice`. Make a chain first, because that loads the WebAssembly that signs. */
export function alice(): {
  readonly publicKey: Uint8Array;
  readonly sign: (message: Uint8Array) => Uint8Array;
} {
  return new Keyring({ type: "sr25519" }).addFromUri("//Alice");
}

/** Returns a function that returns how many listeners the chain has gained since this call. */
export function countListeners(chain: Devchain): () => number {
  const { subscribe } = chain;
  let listeners = 0;
  const counting: typeof subscribe = (listener) => {
    const stop = subscribe(listener);
    listeners++;
    return () => {
      listeners--;
      stop();
    };
  };
  Object.assign(chain, { subscribe: counting });
  return () => listeners;
}
