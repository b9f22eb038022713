/** A host that has the messages of many handovers sends them to any worker in any order, also forged ones. */
import {
  evidenceHash,
  type HandoverNonces,
  handoverCommitment,
  makeSimulated,
} from "@pruntime/core/attestation";
import { concat, toHex } from "@pruntime/core/bytes";
import { setupBaseSender } from "@pruntime/core/channel";
import { portableCrypto as crypto } from "@pruntime/core/crypto";
import { canonicalJson } from "@pruntime/core/json";
import { encode } from "@pruntime/core/scale";
import { rulesNumber } from "@pruntime/core/version";
import { createDevchain } from "@pruntime/devchain";
import {
  type AnswerTo,
  type CommittedBlock,
  type Event,
  identityOf,
  type Runtime,
  type Shown,
} from "@pruntime/runtime";
import { afterAll, expect, it } from "vitest";
import { sealingInfo } from "../../src/handover/transcript.ts";
import { writeMark } from "../../src/keep/mark.ts";
import { milliseconds, TinyChain } from "../support/tiny-chain.ts";
import { keyPair, measurement, runtimeOf, take } from "../support/worker.ts";

const devchain = await createDevchain({ mode: { kind: "manual" } });
afterAll(() => devchain.close());
const metadata = devchain.metadata(14);

const refusedCode = new Uint8Array(32).fill(0x66);
const policy = canonicalJson({ version: 1, simulated: { measurements: [toHex(measurement)] } });
const content = { events: Uint8Array.of(0), now: milliseconds(1_700_000_000_000n), policy };

/** Numbers that look random, the same in each run. */
function generator(): (below: number) => number {
  let state = 1;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** A worker, or a program of the host's own whose code the policy refuses. */
interface Party {
  readonly runtime: Runtime;
  readonly code: Uint8Array;
  readonly ecdhSecret: Uint8Array;
}

/** What a party showed of itself in the handover with these nonces. */
interface Presented {
  readonly by: Party;
  readonly nonces: HandoverNonces;
  readonly shown: Shown;
  readonly evidenceHash: Uint8Array;
}

/** A handover whose commitment is on the chain, with any two parties. */
interface Committed {
  readonly giver: Presented;
  readonly taker: Presented;
  readonly nonces: HandoverNonces;
  readonly block: CommittedBlock;
}

/** @param key the key that a receiver drew. A source presents its own key and its lineage. */
function present(by: Party, nonces: HandoverNonces, reportData: Uint8Array, key?: Uint8Array): Presented {
  const { signer, keyPair: own } = by.runtime.identity;
  const evidence = makeSimulated(crypto, by.code, reportData);
  const ofKey =
    key === undefined
      ? { ecdhPublicKey: own.publicKey, lineage: by.runtime.lineage }
      : { ecdhPublicKey: key, lineage: [] };
  const keys = { publicKey: signer.publicKey, ...ofKey };
  const shown = { ...keys, evidence, rules: rulesNumber };
  return { by, nonces, shown, evidenceHash: evidenceHash(crypto, evidence) };
}

const sideOf = ({ shown, evidenceHash }: Presented) => ({ ...shown, evidenceHash });

function send<E extends Event>({ runtime }: Party, event: E): AnswerTo<E> | undefined {
  const outcome = runtime.accept(event);
  return outcome.ok ? (outcome.value as AnswerTo<E>) : undefined;
}

it("never moves keys to or from refused code, and gives the keys of the accepted source alone", () => {
  const below = generator();
  /** Whether the next message is the one that an honest host would send. */
  let honest = false;
  const any = <T>(list: readonly T[]): T | undefined => list[below(list.length)];
  const pick = <T>(list: readonly T[]): T | undefined => (honest ? list.at(-1) : any(list));
  const keep = <T>(list: T[], item: T): void => void (list.push(item) > 3 && list.shift());
  const usually = () => honest || below(4) > 0;

  const chain = new TinyChain();
  for (let i = 0; i < 2; i++) chain.grow(content);
  const random = (length: number) => Uint8Array.from({ length }, () => below(256));
  const parties: readonly Party[] = [1, 2, 3, 4, 5].map((fill) => {
    const [signing, ecdhSecret, stateKey] = [random(32), new Uint8Array(32).fill(fill), random(32)];
    const identity = identityOf(crypto, { signing, ecdhSecret, stateKey });
    const runtime = runtimeOf(identity, crypto, undefined, random);
    take(runtime, chain.init(metadata));
    take(runtime, chain.headers(1, 2));
    return { runtime, code: fill === 5 ? refusedCode : measurement, ecdhSecret };
  });
  const hosts = parties[4] as Party;

  const challenges: { readonly challenge: Uint8Array; readonly by: Party }[] = [];
  const [givers, takers, committed]: [Presented[], Presented[], Committed[]] = [[], [], []];
  const sealed: { readonly bytes: Uint8Array; readonly by: Party }[] = [];

  /** Seals keys of the host as a source would. */
  const forge = ({ shown }: Presented, commitment: Uint8Array): Uint8Array => {
    const { anchor, mark } = hosts.runtime.status()!.chain;
    const ephemeral = keyPair(77);
    const info = sealingInfo(chain.at(0).hash, anchor, shown);
    const { aead, baseNonce } = setupBaseSender(crypto, shown.ecdhPublicKey, info, ephemeral);
    const keys = encode(mark, (w, value) =>
      writeMark(w.raw(hosts.ecdhSecret).raw(new Uint8Array(32)), value),
    );
    return concat(ephemeral.publicKey, aead.seal(baseNonce, keys, commitment));
  };

  const commit = (): void => {
    const taker = pick(takers);
    const giver =
      givers.find(({ nonces }) => nonces.nonce === taker?.nonces.nonce && usually()) ?? pick(givers);
    if (taker === undefined || giver === undefined) return;
    const nonces = usually() ? taker.nonces : giver.nonces;
    const commitment = handoverCommitment(crypto, nonces, sideOf(giver), sideOf(taker));
    const { number } = chain.grow({ ...content, extrinsics: [commitment] });
    for (const { runtime } of parties) take(runtime, chain.headers(number, number));
    keep(committed, { giver, taker, nonces, block: chain.committed(number) });
    keep(sealed, { bytes: forge(taker, commitment), by: hosts });
  };

  let handedOver = 0;
  const moves: Readonly<Record<string, () => void>> = {
    begin: () => {
      const by = any(parties) as Party;
      const begun = send(by, { kind: "handover-begin" });
      if (begun !== undefined) keep(challenges, { challenge: begun.challenge, by });
    },
    offer: () => {
      const [by, begun] = [any(parties) as Party, pick(challenges)];
      const offer = begun && send(by, { kind: "handover-offer", challenge: begun.challenge });
      if (offer)
        keep(givers, present(by, { challenge: begun.challenge, nonce: offer.nonce }, offer.reportData));
    },
    accept: () => {
      const nonces = pick(givers)?.nonces;
      if (nonces === undefined) return;
      const { by } = challenges.find(({ challenge }) => challenge === nonces.challenge && usually()) ?? {
        by: any(parties) as Party,
      };
      const mine = send(by, { kind: "handover-accept", nonce: nonces.nonce });
      if (mine) keep(takers, present(by, nonces, mine.reportData, mine.ecdhPublicKey));
    },
    commit,
    release: () => {
      const one = pick(committed);
      if (one === undefined) return;
      const [by, taker] = [
        usually() ? one.giver.by : (pick(parties) as Party),
        usually() ? one.taker : one.giver,
      ];
      const ownEvidence = one.giver.evidenceHash;
      const { nonces, block } = one;
      const out = send(by, { kind: "handover-release", nonces, other: taker.shown, ownEvidence, block });
      if (out === undefined) return;
      if (by !== hosts) expect(taker.by.code).toBe(measurement);
      keep(sealed, { bytes: out.sealed, by });
    },
    complete: () => {
      const [one, keys] = [pick(committed), pick(sealed)];
      if (one === undefined || keys === undefined) return;
      const [by, giver] = [
        usually() ? one.taker.by : (pick(parties) as Party),
        usually() ? one.giver : one.taker,
      ];
      const own = { ownEvidence: one.taker.evidenceHash, block: one.block };
      const out = send(by, { kind: "handover-complete", sealed: keys.bytes, other: giver.shown, ...own });
      if (out === undefined || by === hosts) return;
      expect(giver.by.code).toBe(measurement);
      expect(keys.by).toBe(giver.by);
      expect(out.ecdhPublicKey).toEqual(giver.by.runtime.identity.keyPair.publicKey);
      handedOver++;
    },
  };
  const disturbing = ["accept", "commit", "release", "release", "complete", "complete"];
  for (let round = 0; round < 16; round++)
    for (const step of Object.keys(moves)) {
      honest = true;
      moves[step]?.();
      honest = false;
      for (let i = 0; i < 2; i++) moves[any(disturbing) as string]?.();
    }
  expect(handedOver).toBeGreaterThan(2);
});
