/** Signs queries with an Ethereum wallet through EIP-1193, for the account `address(20) ‖ "@evm_address"`. */
import { from0x, to0x } from "@pruntime/core/bytes";
import { evmAccount, queryTypedData } from "@pruntime/core/channel";
import { ClientError } from "../error.ts";
import type { QuerySigner } from "./signer.ts";

/** The part of a wallet's interface that this client uses. @see https://eips.ethereum.org/EIPS/eip-1193 */
export interface Eip1193Provider {
  readonly request: (call: {
    readonly method: string;
    readonly params: readonly unknown[];
  }) => Promise<unknown>;
}

/**
 * `eip712` (`eth_signTypedData_v4`) shows the user the purpose of the signature. `eip191` (`personal_sign`)
 * is for wallets that do not support `eip712`.
 */
export type EvmScheme = "eip712" | "eip191";

/**
 * Returns a signer for an account of an Ethereum wallet.
 * @param address `0x` and 40 hex digits
 * @throws {@link ClientError} `client/bad-account`
 */
export function evmSigner(
  provider: Eip1193Provider,
  address: string,
  sigType: EvmScheme = "eip712",
): QuerySigner {
  if (!/^0x[0-9a-fA-F]{40}$/.test(address))
    throw new ClientError({ code: "client/bad-account", want: "0x and 40 hex digits" });
  const origin = from0x(address);
  return {
    account: evmAccount(origin),
    sigType,
    origin,
    sign: async (message) => {
      const signature = await provider.request(requestOf(sigType, address, message));
      if (typeof signature !== "string")
        throw new ClientError({ code: "client/cannot-sign", why: "the wallet returned no signature" });
      return from0x(signature);
    },
  };
}

function requestOf(
  sigType: EvmScheme,
  address: string,
  message: Uint8Array,
): Parameters<Eip1193Provider["request"]>[0] {
  return sigType === "eip191"
    ? { method: "personal_sign", params: [to0x(message), address] }
    : { method: "eth_signTypedData_v4", params: [address, JSON.stringify(queryTypedData(message))] };
}
