import {
  type Eip1193Provider,
  evmSigner,
  extensionSigner,
  type RawSigner,
  type WorkerClient,
} from "@pruntime/client";
import { balances } from "@pruntime/client/contracts/balances";
import { secretSigner } from "@pruntime/client/keys";

/** With a browser extension: `injected` is what `web3FromSource` of @polkadot/extension-dapp returns. */
export async function byExtension(
  worker: WorkerClient,
  injected: { signer: RawSigner },
  address: string,
): Promise<bigint> {
  const signer = extensionSigner(injected.signer, { address });
  return (await worker.query(balances.freeBalance(signer.account), { signer })).value;
}

/** With an Ethereum wallet: `provider` is `window.ethereum`. */
export async function byWallet(
  worker: WorkerClient,
  provider: Eip1193Provider,
  address: string,
): Promise<bigint> {
  const signer = evmSigner(provider, address);
  return (await worker.query(balances.freeBalance(signer.account), { signer })).value;
}

/** With a secret key. */
export async function bySecret(worker: WorkerClient, secret: Uint8Array): Promise<bigint> {
  const signer = secretSigner("ed25519", secret);
  return (await worker.query(balances.freeBalance(signer.account), { signer })).value;
}
