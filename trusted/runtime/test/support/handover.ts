/** Two workers on a chain, and the messages that a host passes between them in a handover. */
import {
  developmentRoots,
  evidenceHash,
  type HandoverNonces,
  handoverCommitment,
  type Lineage,
  makeSimulated,
} from "@pruntime/core/attestation";
import { toHex } from "@pruntime/core/bytes";
import { portableCrypto as crypto } from "@pruntime/core/crypto";
import { canonicalJson } from "@pruntime/core/json";
import { rulesNumber } from "@pruntime/core/version";
import { createDevchain } from "@pruntime/devchain";
import {
  type CommittedBlock,
  type Effects,
  type EventOf,
  type Identity,
  identityOf,
  type Outcome,
  type Runtime,
  type Shown,
  startRuntime,
} from "@pruntime/runtime";
import { type BlockContent, milliseconds, TinyChain } from "./tiny-chain.ts";
import { countingRandom, runtimeCode, runtimeOf, take } from "./worker.ts";

const devchain = await createDevchain({ mode: { kind: "manual" } });
export const metadata: Uint8Array = devchain.metadata(14);
devchain.close();
const noEvents = Uint8Array.of(0);

export const allowed: Uint8Array = new Uint8Array(32).fill(0x4d);
export const policyOf = (measurement: Uint8Array): string =>
  canonicalJson({ version: 1, simulated: { measurements: [toHex(measurement)] } });

export function identity(fill: number): Identity {
  const [signing, ecdhSecret, stateKey] = [fill + 100, fill, fill + 50].map((byte) =>
    new Uint8Array(32).fill(byte),
  ) as [Uint8Array, Uint8Array, Uint8Array];
  return identityOf(crypto, { signing, ecdhSecret, stateKey });
}

export const start = 1_700_000_000_000n;
const policyOfAllowed = policyOf(allowed);

/** Makes a chain with two blocks after genesis. The states of both blocks have a time and a policy. */
export function chainOf(content: BlockContent = {}, now = start): TinyChain {
  const chain = new TinyChain();
  for (let i = 0; i < 2; i++) grow(chain, { now: milliseconds(now), ...content });
  return chain;
}

export function grow(chain: TinyChain, content: BlockContent = {}): void {
  chain.grow({ events: noEvents, now: milliseconds(start), policy: policyOfAllowed, ...content });
}

/** A worker at block 2 of the chain. @param terms parts of its anchor */
export function worker(
  fill: number,
  chain: TinyChain,
  lineage: Lineage = [],
  terms: Partial<EventOf<"init">> = {},
): Runtime {
  const runtime = runtimeOf(identity(fill), crypto, runtimeCode, undefined, undefined, Infinity, lineage);
  take(runtime, { ...chain.init(metadata), ...terms });
  take(runtime, chain.headers(1, 2));
  take(runtime, chain.dispatch(1, 2));
  return runtime;
}

function shown(fill: number, reportData: Uint8Array, measurement = allowed, lineage: Lineage = []): Shown {
  const { signer, keyPair } = identity(fill);
  const evidence = makeSimulated(crypto, measurement, reportData);
  const keys = { publicKey: signer.publicKey, ecdhPublicKey: keyPair.publicKey, lineage };
  return { ...keys, evidence, rules: rulesNumber };
}

export const sideOf = (shown: Shown) => ({ ...shown, evidenceHash: evidenceHash(crypto, shown.evidence) });

/** The messages of a handover, up to the receiver's evidence. */
export interface Exchanged {
  readonly nonces: HandoverNonces;
  readonly giver: Shown;
  readonly taker: Shown;
  readonly commitment: Uint8Array;
}

/** @param measurements the code that the source and the receiver run */
export function exchange(
  source: Runtime,
  receiver: Runtime,
  measurements = [allowed, allowed],
  lineage: Lineage = source.lineage,
): Exchanged {
  const { challenge } = take(receiver, { kind: "handover-begin" });
  const { nonce, reportData } = take(source, { kind: "handover-offer", challenge });
  const accepted = take(receiver, { kind: "handover-accept", nonce });
  const nonces = { challenge, nonce };
  const giver = shown(1, reportData, measurements[0], lineage);
  const taker = {
    ...shown(2, accepted.reportData, measurements[1]),
    ecdhPublicKey: accepted.ecdhPublicKey,
  };
  const commitment = handoverCommitment(crypto, nonces, sideOf(giver), sideOf(taker));
  return { nonces, giver, taker, commitment };
}

/** The messages to both workers after the commitment is on the chain. */
export function lastSteps(
  { nonces, giver, taker }: Exchanged,
  [ofSource, ofReceiver]: readonly CommittedBlock[],
) {
  const release = {
    kind: "handover-release",
    nonces,
    other: taker,
    ownEvidence: sideOf(giver).evidenceHash,
    block: ofSource!,
  } as const;
  const complete = (sealed: Uint8Array) =>
    ({
      kind: "handover-complete",
      sealed,
      other: giver,
      ownEvidence: sideOf(taker).evidenceHash,
      block: (ofReceiver ?? ofSource)!,
    }) as const;
  return { release, complete };
}

/** Starts a worker from the records of these effects. A record replaces one of the same kind and name. */
export function restartFrom(...stored: readonly Effects[]) {
  const all = stored.flatMap(({ puts }) => puts);
  const records = new Map(all.map((one) => [`${one.kind} ${one.name}`, one]));
  return startRuntime(
    {
      crypto,
      random: countingRandom(),
      measurement: allowed,
      runtimeCode,
      roots: developmentRoots(crypto),
      stateBudget: Infinity,
      allowsV1: true,
    },
    [...records.values()].map((record) => ({ kind: record.kind, open: () => record })),
  );
}

export function effectsOf<T>(outcome: Outcome<T>): Effects {
  if (!outcome.ok) throw new Error(outcome.error.code);
  return outcome.effects;
}
