/** `init_runtime`: accepts the trust anchor. */
import { decodeBridgeInitInfo } from "@pruntime/core/bridge-2020";
import { equal } from "@pruntime/core/bytes";
import { decodeHeader, headerHash } from "@pruntime/core/chain";
import type { Crypto } from "@pruntime/core/crypto";
import { ProtocolError } from "@pruntime/core/errors";
import {
  anchorOf,
  decodeCheckpoint,
  HeaderRun,
  KnownBlocks,
  type LightClient,
  startFromCheckpoint,
  startFromGenesisWork,
  toFinalized,
} from "@pruntime/core/light-client";
import type { Work } from "@pruntime/core/work";
import { genesisOf, type Parachain, startChain } from "./chain.ts";
import { createContracts } from "./contracts.ts";
import { type CommandEvents, compileCommandEvents } from "./dispatch/command-events.ts";
import type { MeaningCache, UnreadableCode } from "./dispatch/runtime-code.ts";
import { RuntimeError } from "./error.ts";
import type { EventOf, Meaning, ParachainStart, StartPoint } from "./event.ts";
import { identityOfWorker } from "./keep/identity.ts";
import { initRecord } from "./keep/init.ts";
import { recordOf } from "./keep/record.ts";
import { belowMark } from "./mark.ts";
import type { Context, State, Step } from "./state.ts";

/**
 * Accepts the trust anchor, once, and binds the worker's keys to the anchor.
 * @throws {@link RuntimeError}; LightClientError, FinalityError, TrieError, CodecError, MetadataError,
 * CodeError, JsonError
 */
export function* init(
  { crypto, identity, measurement, meanings, stateBudget, allowsV1 }: Context,
  state: State,
  event: EventOf<"init">,
): Work<Step<"init">> {
  const { start, meaning, genesisBalance, channelV1 = false, parachain, recovery } = event;
  const { policyAuthority = { kind: "registry" } } = event;
  if (state.running !== undefined) throw new RuntimeError({ code: "runtime/already-initialized" });
  if (channelV1 && !allowsV1) throw new RuntimeError({ code: "runtime/channel-v1" });
  const client = yield* clientFrom(crypto, start);
  yield;
  const para = parachain && parachainFrom(crypto, client, parachain);
  if (para !== undefined && meaning.kind === "bodies")
    throw new RuntimeError({ code: "runtime/parachain-by-bodies" });
  if (recovery !== undefined && meaning.kind === "bodies")
    throw new RuntimeError({ code: "runtime/recovery-by-bodies" });
  const events = yield* eventsOf(meanings, (para ?? client).finalized.stateRoot, meaning);
  const decided = { genesisBalance, channelV1, recovery, policyAuthority };
  const anchor = anchorOf(crypto, client, { meaning, para, ...decided });
  const { boundTo } = state;
  if (boundTo !== undefined && !equal(boundTo, anchor))
    throw new RuntimeError({ code: "runtime/other-chain" });
  const chain = startChain({ anchor, meaning: meaning.kind, ...decided }, client, para, state.mark);
  const contracts = createContracts(crypto, identity.secrets.stateKey, genesisBalance, stateBudget);
  const running = { ...contracts, chain, events, pieces: {} };
  const binding =
    boundTo === undefined
      ? [identityOfWorker({ ...identity, lineage: state.lineage }, measurement, anchor)]
      : [];
  return {
    state: { ...state, running, boundTo: anchor },
    value: { genesisHash: genesisOf(chain), anchor, belowMark: belowMark(chain) },
    puts: [...binding, recordOf(initRecord, event)],
  };
}

function parachainFrom(
  crypto: Crypto,
  { finalized: relayStart }: LightClient,
  { id, genesisHeader }: ParachainStart,
): Parachain {
  const [header, hash] = [decodeHeader(genesisHeader), headerHash(crypto, genesisHeader)];
  if (header.number !== 0)
    throw new RuntimeError({ code: "runtime/parachain-not-genesis", number: header.number });
  const finalized = toFinalized({ header, hash });
  const relay = KnownBlocks.from(relayStart);
  return { id, genesisHash: hash, finalized, relay, staged: HeaderRun.after(finalized) };
}

function* clientFrom(crypto: Crypto, start: StartPoint): Work<LightClient> {
  if (start.kind === "genesis") return yield* startFromGenesisWork(crypto, decodeBridgeInitInfo(start.info));
  return startFromCheckpoint(crypto, decodeCheckpoint(start.text));
}

function* eventsOf(
  meanings: MeaningCache,
  stateRoot: Uint8Array,
  meaning: Meaning,
): Work<CommandEvents | undefined> {
  switch (meaning.kind) {
    case "told":
      return yield* compileCommandEvents(meaning.metadata);
    case "proven":
      return readable(yield* meanings.proven(stateRoot, meaning.codeProof));
    case "bodies":
      return undefined;
  }
}

function readable(events: CommandEvents | UnreadableCode): CommandEvents {
  if (events instanceof ProtocolError) throw events;
  return events;
}
