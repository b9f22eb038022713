/** `init_runtime`: takes the trust anchor. */
import { decodeBridgeInitInfo } from "@pruntime/core/bridge-2020";
import type { Crypto } from "@pruntime/core/crypto";
import { decodeCheckpoint, type LightClient, startFromCheckpoint, startFromGenesis } from "@pruntime/core/light-client";
import { anchorOf } from "./anchor.ts";
import { type Chain, startChain } from "./chain.ts";
import { type CommandEvents, compileCommandEvents } from "./command-events.ts";
import type { Meaning, StartPoint } from "./event.ts";
import type { MeaningCache } from "./runtime-code.ts";

/** A chain at its start and, where commands come from events, what reads them. */
export interface Start {
  readonly chain: Chain;
  readonly events: CommandEvents | undefined;
}

/** @throws LightClientError, FinalityError, TrieError, CodecError, MetadataError, CodeError, JsonError */
export function startFrom(crypto: Crypto, meanings: MeaningCache, start: StartPoint, meaning: Meaning): Start {
  const client = clientFrom(crypto, start);
  const events = eventsOf(meanings, client.finalized.stateRoot, meaning);
  const source = events === undefined ? "bodies" : "events";
  return { chain: startChain(anchorOf(crypto, client, meaning), source, client), events };
}

function clientFrom(crypto: Crypto, start: StartPoint): LightClient {
  if (start.kind === "genesis") return startFromGenesis(crypto, decodeBridgeInitInfo(start.info));
  return startFromCheckpoint(crypto, decodeCheckpoint(start.text));
}

function eventsOf(meanings: MeaningCache, stateRoot: Uint8Array, meaning: Meaning): CommandEvents | undefined {
  switch (meaning.kind) {
    case "told":
      return compileCommandEvents(meaning.metadata);
    case "proven":
      return meanings.proven(stateRoot, meaning.codeProof);
    case "bodies":
      return undefined;
  }
}
