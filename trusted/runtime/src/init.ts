/** `init_runtime`: takes the trust anchor. */
import { decodeBridgeInitInfo } from "@pruntime/core/bridge-2020";
import type { Crypto } from "@pruntime/core/crypto";
import { startFromGenesis } from "@pruntime/core/light-client";
import { anchorOf } from "./anchor.ts";
import { type Chain, startChain } from "./chain.ts";
import { type CommandEvents, compileCommandEvents } from "./command-events.ts";

/** A chain at its start and, where commands come from events, what reads them. */
export interface Start {
  readonly chain: Chain;
  readonly events: CommandEvents | undefined;
}

/** @throws LightClientError, TrieError, CodecError, MetadataError */
export function startFrom(crypto: Crypto, genesisInfo: Uint8Array, runtimeMetadata: Uint8Array | undefined): Start {
  const client = startFromGenesis(crypto, decodeBridgeInitInfo(genesisInfo));
  const events = runtimeMetadata === undefined ? undefined : compileCommandEvents(runtimeMetadata);
  const source = events === undefined ? "bodies" : "events";
  return { chain: startChain(anchorOf(crypto, client, source, runtimeMetadata), source, client), events };
}
