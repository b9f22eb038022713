/** `init_runtime`: takes the trust anchor. */
import { decodeBridgeInitInfo } from "@pruntime/core/bridge-2020";
import { decodeHeader, headerHash } from "@pruntime/core/chain";
import type { Crypto } from "@pruntime/core/crypto";
import {
  anchorOf,
  decodeCheckpoint,
  type LightClient,
  startFromCheckpoint,
  startFromGenesis,
  toFinalized,
} from "@pruntime/core/light-client";
import { type Chain, type Parachain, startChain } from "./chain.ts";
import { type CommandEvents, compileCommandEvents } from "./dispatch/command-events.ts";
import type { MeaningCache } from "./dispatch/runtime-code.ts";
import { RuntimeError } from "./error.ts";
import type { Meaning, ParachainStart, StartPoint } from "./event.ts";

/** A chain at its start and, where commands come from events, what reads them. */
export interface Start {
  readonly chain: Chain;
  readonly events: CommandEvents | undefined;
}

/** @throws LightClientError, FinalityError, TrieError, CodecError, MetadataError, CodeError, JsonError */
export function startFrom(
  crypto: Crypto,
  meanings: MeaningCache,
  start: StartPoint,
  meaning: Meaning,
  parachain: ParachainStart | undefined,
): Start {
  const client = clientFrom(crypto, start);
  const para = parachain && parachainFrom(crypto, parachain);
  if (para !== undefined && meaning.kind === "bodies")
    throw new RuntimeError({ code: "runtime/parachain-by-bodies" });
  const events = eventsOf(meanings, (para ?? client).finalized.stateRoot, meaning);
  const source = events === undefined ? "bodies" : "events";
  return { chain: startChain(anchorOf(crypto, client, meaning, para), source, client, para), events };
}

function parachainFrom(crypto: Crypto, { id, genesisHeader }: ParachainStart): Parachain {
  const [header, hash] = [decodeHeader(genesisHeader), headerHash(crypto, genesisHeader)];
  if (header.number !== 0)
    throw new RuntimeError({ code: "runtime/parachain-not-genesis", number: header.number });
  return { id, genesisHash: hash, finalized: toFinalized({ header, hash }) };
}

function clientFrom(crypto: Crypto, start: StartPoint): LightClient {
  if (start.kind === "genesis") return startFromGenesis(crypto, decodeBridgeInitInfo(start.info));
  return startFromCheckpoint(crypto, decodeCheckpoint(start.text));
}

function eventsOf(
  meanings: MeaningCache,
  stateRoot: Uint8Array,
  meaning: Meaning,
): CommandEvents | undefined {
  switch (meaning.kind) {
    case "told":
      return compileCommandEvents(meaning.metadata);
    case "proven":
      return meanings.proven(stateRoot, meaning.codeProof);
    case "bodies":
      return undefined;
  }
}
