/**
 * How a new worker, the receiver, gets the keys of a running worker, the source. Neither worker trusts any
 * host.
 *
 * | step | worker | work |
 * |---|---|---|
 * | `begin` | receiver | draws a challenge, and a key agreement key for this handover alone |
 * | `offer` | source | draws a nonce, and presents evidence bound to challenge and nonce |
 * | `accept` | receiver | presents evidence that is bound likewise |
 * | | host | puts the commitment to all of this on the chain |
 * | `release` | source | checks the receiver's evidence, and seals its keys and its mark to the receiver |
 * | `complete` | receiver | checks the source's evidence, opens the keys, and checks them and the mark |
 *
 * Policies determine which workers are trusted: the policy of the chain's registry, the one whose hash the
 * anchor names, or those that the anchor's key has signed. Each side reads the time and the registry's policy
 * from the state of a final block that contains the commitment. Both sides must follow the same chain from
 * the same anchor, because otherwise neither accepts the other's evidence. The receiver accepts keys at most
 * once for each challenge. The source seals keys at most once for each nonce.
 *
 * The source's keys are sealed to the key that the receiver drew for this handover. The receiver's evidence
 * vouches for this key. The receiver stores it nowhere and forgets it when the handover ends, so recorded
 * messages cannot be opened with keys that leak later.
 */
import {
  type AttestationRoots,
  type BindingPurpose,
  type HandoverNonces,
  type Lineage,
  lineageWith,
  reportData,
} from "@pruntime/core/attestation";
import { concat, equal } from "@pruntime/core/bytes";
import { ephemeralKey, setupBaseRecipient, setupBaseSender } from "@pruntime/core/channel";
import type { Crypto, P256KeyPair, Random } from "@pruntime/core/crypto";
import { decodeAll, encode } from "@pruntime/core/scale";
import { mapEach, type Work } from "@pruntime/core/work";
import type { StoredFile } from "@pruntime/executor";
import { type Chain, finalizedOf, genesisOf } from "../chain.ts";
import type { Identity, Secrets } from "../identity.ts";
import { dataRecord } from "../keep/data.ts";
import { identityOfWorker } from "../keep/identity.ts";
import { markOwner, markRecord, readMark, writeMark } from "../keep/mark.ts";
import { type Effects, recordOf } from "../keep/record.ts";
import type { Mark } from "../mark.ts";
import { adoptedMark } from "./adopted-mark.ts";
import { HandoverError } from "./error.ts";
import type { HandoverAnswers, HandoverEvent } from "./event.ts";
import { verifyPeer } from "./peer.ts";
import { type PeerKeys, sealingInfo, transcriptHash } from "./transcript.ts";

/**
 * How many blocks a handover may take.
 * @limit blocks
 * @source chosen: 15 minutes of blocks at 6 s each
 * @past the workers forget the handover: `handover/not-begun`
 */
export const maxHandoverBlocks = 150;

/**
 * The handovers in progress: at most one as receiver and one as source. Immutable: each accepted step
 * returns a new value.
 */
export interface HandoverState {
  readonly receiving?: Receiving | undefined;
  readonly giving?: (HandoverNonces & { readonly begun: number }) | undefined;
}

/** A handover in which the worker is the receiver. */
interface Receiving {
  /** The number of the highest final block when the handover began. */
  readonly begun: number;
  readonly challenge: Uint8Array;
  /** Drawn for this handover. The source seals its keys to the public half. */
  readonly oneTime: P256KeyPair;
  /** The source's nonce. `undefined` until the receiver has presented its evidence. */
  readonly nonce?: Uint8Array;
}

/** What a step of a handover needs from its worker. */
export interface HandoverContext {
  readonly crypto: Crypto;
  readonly random: Random;
  readonly roots: AttestationRoots;
  readonly identity: Identity;
  /** The other code that has held the worker's key agreement key. */
  readonly lineage: Lineage;
  /** The hash of this worker's program, 32 bytes. */
  readonly measurement: Uint8Array;
  readonly chain: Chain;
  /** The files of the worker's data area. */
  readonly data: { readonly entries: () => Iterable<StoredFile> };
}

/** Handles the next step of a handover, in units. @throws {@link HandoverError}; as {@link verifyPeer} */
export function* handOver(
  context: HandoverContext,
  state: HandoverState,
  event: HandoverEvent,
): Work<Step<HandoverAnswers[HandoverEvent["kind"]]>> {
  switch (event.kind) {
    case "handover-begin":
      return begin(context, state);
    case "handover-offer":
      return offer(context, state, event.challenge);
    case "handover-accept":
      return accept(context, state, event.nonce);
    case "handover-release":
      return yield* release(context, state, event);
    case "handover-complete":
      return yield* complete(context, state, event);
  }
}

/**
 * Receiver: draws the challenge and the key for this handover, and forgets any earlier handover in which it
 * is the receiver.
 */
function begin(
  { crypto, random, chain }: HandoverContext,
  state: HandoverState,
): Step<HandoverAnswers["handover-begin"]> {
  const challenge = random(32);
  const oneTime = ephemeralKey(crypto, random);
  return {
    state: { ...state, receiving: { begun: finalizedOf(chain).number, challenge, oneTime } },
    answer: { challenge },
  };
}

/**
 * Source: draws its nonce, and returns the report data for its evidence. It forgets any earlier handover in
 * which it is the source.
 */
function offer(
  context: HandoverContext,
  state: HandoverState,
  challenge: Uint8Array,
): Step<HandoverAnswers["handover-offer"]> {
  const nonces = { challenge: sized(challenge), nonce: context.random(32) };
  return {
    state: { ...state, giving: { ...nonces, begun: finalizedOf(context.chain).number } },
    answer: {
      nonce: nonces.nonce,
      reportData: ownReportData(context, "handover-source", ownKeys(context), nonces),
    },
  };
}

/** Receiver: returns the report data of its own evidence. @throws {@link HandoverError} */
function accept(
  context: HandoverContext,
  state: HandoverState,
  given: Uint8Array,
): Step<HandoverAnswers["handover-accept"]> {
  const receiving = begun(state.receiving);
  const nonce = sized(given);
  const own = receiverKeys(context, receiving);
  const reportData = ownReportData(context, "handover-receiver", own, { ...receiving, nonce });
  return {
    state: { ...state, receiving: { ...receiving, nonce } },
    answer: { ecdhPublicKey: own.ecdhPublicKey, reportData },
  };
}

/**
 * Source: checks the receiver and seals the keys to it, once, as `enc(65) ‖ ciphertext`. The content is
 * `ECDH secret(32) ‖ state key(32) ‖ mark`, as {@link writeMark} writes the mark. From then on, the
 * receiver's code belongs to the lineage of the source's keys. The source stores the lineage before the keys
 * leave.
 * @throws {@link HandoverError}; as {@link verifyPeer} and {@link lineageWith}
 */
function* release(
  context: HandoverContext,
  state: HandoverState,
  { nonces, ...judged }: EventOf<"handover-release">,
): Work<Step<HandoverAnswers["handover-release"]>> {
  const { crypto, random, identity, measurement, chain } = context;
  const giving = begun(state.giving);
  if (!equal(giving.challenge, nonces.challenge) || !equal(giving.nonce, nonces.nonce))
    throw new HandoverError({ code: "handover/wrong-nonce" });
  const own = ownKeys(context);
  const { commitment, holder } = yield* verifyPeer({ ...context, nonces: giving, own }, "receiver", judged);
  const lineage = lineageWith(context.lineage, holder);
  const ephemeral = ephemeralKey(crypto, random);
  const { other } = judged;
  const info = sealingInfo(genesisOf(chain), chain.anchor, other);
  const { aead, baseNonce } = setupBaseSender(crypto, other.ecdhPublicKey, info, ephemeral);
  const content = encode(identity.secrets, (w, { ecdhSecret, stateKey }) =>
    writeMark(w.raw(ecdhSecret).raw(stateKey), chain.mark),
  );
  const cipher = aead.seal(baseNonce, content, commitment);
  return {
    state: { ...state, giving: undefined },
    lineage,
    answer: { sealed: concat(ephemeral.publicKey, cipher) },
    puts: [identityOfWorker({ ...identity, lineage }, measurement, chain.anchor)],
  };
}

/**
 * Receiver: checks the source, opens the keys and stores them, with the mark that belongs to them and with
 * their lineage, to which the source's code now belongs. It stores its files again, because their records
 * name the key agreement key. The worker uses the received keys from its next start on.
 * @throws {@link HandoverError} `handover/not-begun`, `handover/bad-keys`; as {@link verifyPeer},
 * {@link lineageWith} and {@link adoptedMark}; CodecError for keys that an accepted source has written
 * wrongly
 */
function* complete(
  context: HandoverContext,
  state: HandoverState,
  { sealed, ...judged }: EventOf<"handover-complete">,
): Work<Step<HandoverAnswers["handover-complete"]>> {
  const receiving = begun(state.receiving);
  const { challenge, nonce } = receiving;
  if (nonce === undefined) throw new HandoverError({ code: "handover/not-begun" });
  const { crypto, identity, measurement, chain, data } = context;
  const own = receiverKeys(context, receiving);
  const nonces = { challenge, nonce };
  const { commitment, holder } = yield* verifyPeer({ ...context, nonces, own }, "source", judged);
  const shared = open(context, receiving, commitment, sealed);
  const keyPair = shared && crypto.p256.keyPair(shared.ecdhSecret);
  if (shared === undefined || keyPair === undefined || !equal(keyPair.publicKey, judged.other.ecdhPublicKey))
    throw new HandoverError({ code: "handover/bad-keys" });
  const { ecdhSecret, stateKey } = shared;
  const secrets = { ...identity.secrets, ecdhSecret, stateKey };
  const lineage = lineageWith(judged.other.lineage, holder);
  const mark = adoptedMark(chain, shared.mark);
  const owner = markOwner({ signer: identity.signer, keyPair }, chain.anchor);
  const ecdhPublicKey = keyPair.publicKey;
  const files = yield* mapEach(data.entries(), 1, (file) => recordOf(dataRecord, { ...file, ecdhPublicKey }));
  return {
    state: { ...state, receiving: undefined },
    answer: { ecdhPublicKey },
    puts: [
      identityOfWorker({ secrets, lineage }, measurement, chain.anchor),
      recordOf(markRecord, { mark, ...owner }),
      ...files,
    ],
  };
}

type EventOf<K extends HandoverEvent["kind"]> = Extract<HandoverEvent, { readonly kind: K }>;

/** The next state, the answer, and the effects. An absent list of effects means an empty list. */
interface Step<T> extends Partial<Effects> {
  readonly state: HandoverState;
  /** The worker's lineage after the step, if the step changes it. */
  readonly lineage?: Lineage;
  readonly answer: T;
}

/** What the source seals to the receiver. */
interface Shared extends Pick<Secrets, "ecdhSecret" | "stateKey"> {
  /** The source's mark. */
  readonly mark: Mark;
}

/** The length of the sealed keys for a worker of this chain. */
function sealedLength({ para }: Chain): number {
  /**
   * The length of a block's number and hash.
   * @format
   */
  const pointBytes = 4 + 32;
  const markBytes = pointBytes + 8 + 1 + (para === undefined ? 0 : pointBytes) + 4;
  return 65 + (32 + 32 + markBytes) + 16;
}

function open(
  context: HandoverContext,
  receiving: Receiving,
  commitment: Uint8Array,
  sealed: Uint8Array,
): Shared | undefined {
  const { crypto, chain } = context;
  if (sealed.length !== sealedLength(chain)) return undefined;
  const { oneTime } = receiving;
  const [enc, cipher] = [sealed.subarray(0, 65), sealed.subarray(65)];
  if (oneTime.sharedX(enc) === undefined) return undefined;
  const info = sealingInfo(genesisOf(chain), chain.anchor, receiverKeys(context, receiving));
  const { aead, baseNonce } = setupBaseRecipient(crypto, oneTime, info, enc);
  const content = aead.open(baseNonce, cipher, commitment);
  if (content === undefined) return undefined;
  return decodeAll(content, (r) => {
    const [ecdhSecret, stateKey] = [r.take(32).slice(), r.take(32).slice()];
    return { ecdhSecret, stateKey, mark: readMark(r) };
  });
}

function ownReportData(
  { crypto, chain }: HandoverContext,
  purpose: BindingPurpose,
  keys: PeerKeys,
  nonces: HandoverNonces,
): Uint8Array {
  const nonce = transcriptHash(crypto, nonces);
  return reportData(crypto, {
    purpose,
    ...keys,
    genesisHash: genesisOf(chain),
    anchor: chain.anchor,
    nonce,
  });
}

function ownKeys({ identity: { signer, keyPair }, lineage }: HandoverContext): PeerKeys {
  return { publicKey: signer.publicKey, ecdhPublicKey: keyPair.publicKey, lineage };
}

/** The keys to which the receiver's evidence is bound: its identity key, and the key of this handover. */
function receiverKeys({ identity }: HandoverContext, { oneTime }: Receiving): PeerKeys {
  return { publicKey: identity.signer.publicKey, ecdhPublicKey: oneTime.publicKey, lineage: [] };
}

/** The handover in progress. @throws {@link HandoverError} `handover/not-begun` */
function begun<T>(handover: T | undefined): T {
  if (handover === undefined) throw new HandoverError({ code: "handover/not-begun" });
  return handover;
}

/** Forgets the handovers that took more than {@link maxHandoverBlocks} blocks. */
export function withoutExpired({ receiving, giving }: HandoverState, chain: Chain): HandoverState {
  const isRecent = (begun: number) => finalizedOf(chain).number <= begun + maxHandoverBlocks;
  return {
    receiving: receiving && isRecent(receiving.begun) ? receiving : undefined,
    giving: giving && isRecent(giving.begun) ? giving : undefined,
  };
}

/**
 * Forgets the receiver's handover after refused keys, so that its key is used at most once. The receiver may
 * first have to reach the block with the commitment.
 */
export function afterRefusedKeys(state: HandoverState, code: string): HandoverState {
  return code === "handover/not-final" ? state : { ...state, receiving: undefined };
}

function sized(nonce: Uint8Array): Uint8Array {
  if (nonce.length !== 32) throw new HandoverError({ code: "handover/wrong-nonce" });
  return nonce.slice();
}
