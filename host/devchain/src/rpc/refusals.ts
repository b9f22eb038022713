/** Converts the chain's errors to a real node's error codes and messages. */
import { to0x } from "@pruntime/core/bytes";
import type { Block } from "../block.ts";
import { DevchainError, type DevchainErrorDetail, InvalidTransaction } from "../error.ts";
import { clientError, RpcError } from "./error.ts";

/**
 * Runs a function that reads the state of `block`, and converts its errors.
 * @see polkadot-sdk `substrate/client/rpc-api/src/state/error.rs`, `substrate/client/db/src/lib.rs`
 */
export function stateRefused<T>(block: Block, run: () => T): T {
  return translated(run, (detail) => {
    switch (detail.code) {
      case "devchain/state-discarded":
        return clientError(`UnknownBlock: State already discarded for ${to0x(block.hash)}`);
      case "devchain/unknown-runtime-api":
        return clientError(`Execution failed: Other: Exported method ${detail.method} is not found`);
      case "devchain/bad-arguments":
        return clientError(
          "Execution failed: Execution aborted due to trap: " +
            "wasm trap: wasm `unreachable` instruction executed",
        );
      default:
        return undefined;
    }
  });
}

/**
 * Runs a function that proves finality, and converts its errors.
 * @see polkadot-sdk `substrate/client/consensus/grandpa/src/finality_proof.rs`
 */
export function finalityRefused<T>(run: () => T): T {
  return translated(run, (detail) => {
    switch (detail.code) {
      case "devchain/not-finalized":
        return notFinalized();
      case "devchain/not-covered":
        return proveFinalityFailed("Block not covered by authority set changes");
      default:
        return undefined;
    }
  });
}

/** The error for a proof of a block that is not final yet. */
export function notFinalized(): RpcError {
  return proveFinalityFailed("Block not yet finalized");
}

function proveFinalityFailed(reason: string): RpcError {
  return new RpcError(4, `GRANDPA prove finality rpc failed: ${reason}`);
}

/** Runs a function that submits to the pool, and converts its errors. */
export function transactionRefused<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof InvalidTransaction) throw new RpcError(error.code, error.message, error.data);
    throw error;
  }
}

function translated<T>(run: () => T, translate: (detail: DevchainErrorDetail) => RpcError | undefined): T {
  try {
    return run();
  } catch (error) {
    throw (error instanceof DevchainError ? translate(error.detail) : undefined) ?? error;
  }
}
