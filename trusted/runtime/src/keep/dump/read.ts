/** Reads the parts of a dump that describe a chain (write.ts). */
import { equal } from "@pruntime/core/bytes";
import {
  type BlockPoint,
  decodeLightClient,
  type FinalizedHeader,
  HeaderRun,
  KnownBlocks,
  type LightClient,
  readFinalizedHeader,
} from "@pruntime/core/light-client";
import { decodeAll, type Reader } from "@pruntime/core/scale";
import { maxSetStarts, type SetStart } from "../../authority-sets.ts";
import { type Chain, type DispatchedBlock, maxWaiting, type Parachain } from "../../chain.ts";
import { arePolicies, type KnownPolicy, maxPolicies, type Policies, readPolicy } from "../../policies.ts";
import { DumpError } from "../error.ts";
import { bytesOf, fillerAfter } from "./part.ts";
import { version } from "./write.ts";

/** The chain in a dump, and what its head says about the contracts' state. */
export interface DumpedChain
  extends Pick<Chain, "client" | "sets" | "para" | "waiting" | "dispatched" | "known" | "policies"> {
  readonly runtimeChangedAt: number | undefined;
  readonly metadata: Uint8Array | undefined;
  /** The root of the contracts' state, 32 bytes. */
  readonly stateRoot: Uint8Array;
  /** The number of entries in the contracts' state. */
  readonly entries: number;
}

/** Work that takes the parts of a dump one by one, and returns what they contain. */
export type Reading<T> = Generator<void, T, Uint8Array>;

/** The chain's known blocks, without the hashes between the first block and the last. */
interface KnownHead {
  readonly first: BlockPoint;
  readonly last: number;
}

interface Head
  extends Pick<DumpedChain, "client" | "sets" | "dispatched" | "runtimeChangedAt" | "stateRoot" | "entries"> {
  readonly para: (Omit<Parachain, "relay" | "staged"> & { readonly relay: KnownHead }) | undefined;
  readonly waiting: number;
  readonly known: KnownHead;
  readonly hasMetadata: boolean;
  readonly policies: number;
}

/**
 * Reads the parts before the contracts' state, with the filler after them.
 * @param anchor the anchor of the worker that reads, 32 bytes
 * @throws {@link DumpError} `dump/unknown-version`, `dump/wrong-anchor`, `dump/inconsistent`; CodecError
 */
export function* readChain(anchor: Uint8Array): Reading<DumpedChain> {
  const reading = readParts(anchor);
  let [step, bytes] = [reading.next(), 0];
  while (step.done !== true) {
    const part: Uint8Array = yield;
    bytes += bytesOf(part);
    step = reading.next(part);
  }
  const filler: Uint8Array = yield;
  if (!equal(filler, fillerAfter(bytes))) throw new DumpError({ code: "dump/inconsistent", what: "filler" });
  return step.value;
}

function* readParts(anchor: Uint8Array): Reading<DumpedChain> {
  const first: Uint8Array = yield;
  const { hasMetadata, ...head } = decodeAll(first, (r) => readHead(r, anchor));
  const { client, dispatched } = head;
  const metadata = hasMetadata ? (yield).slice() : undefined;
  const policies = yield* readPolicies(head.policies);
  const para = head.para && (yield* readParachain(head.para, client));
  const waiting = yield* readQueue(head.waiting, dispatched, (para ?? client).finalized);
  const known = yield* readKnown(head.known, dispatched);
  return { ...head, metadata, policies, para, waiting, known };
}

function readHead(r: Reader, own: Uint8Array): Head {
  const have = r.u8();
  if (have !== version) throw new DumpError({ code: "dump/unknown-version", version: have });
  if (!equal(r.take(32), own)) throw new DumpError({ code: "dump/wrong-anchor" });
  const client = decodeLightClient(r.vecU8());
  const sets = r.vec(4 + 8, readSetStart, maxSetStarts);
  if (sets.at(-1)?.setId !== client.authorities.setId)
    throw new DumpError({ code: "dump/inconsistent", what: "authority-sets" });
  const para = r.option((o) => ({
    id: o.u32(),
    genesisHash: readHash(o),
    finalized: readFinalizedHeader(o),
    relay: readKnownHead(o),
  }));
  return {
    client,
    sets,
    para,
    waiting: r.u32(),
    known: readKnownHead(r),
    dispatched: { number: r.u32(), hash: readHash(r), stateRoot: readHash(r), timeMs: r.u64() },
    runtimeChangedAt: r.option((o) => o.u32()),
    hasMetadata: r.bool(),
    policies: r.u32(),
    stateRoot: readHash(r),
    entries: r.u32(),
  };
}

function readKnownHead(r: Reader): KnownHead {
  return { first: { number: r.u32(), hash: readHash(r) }, last: r.u32() };
}

function readSetStart(r: Reader): SetStart {
  return { after: r.u32(), setId: r.u64() };
}

function readHash(r: Reader): Uint8Array {
  return r.take(32).slice();
}

/** Reads this many policies. @throws {@link DumpError} `dump/inconsistent` */
function* readPolicies(count: number): Reading<Policies> {
  const policies: KnownPolicy[] = [];
  while (policies.length < Math.min(count, maxPolicies)) {
    const part: Uint8Array = yield;
    policies.push(decodeAll(part, readPolicy));
  }
  if (policies.length !== count || !arePolicies(policies))
    throw new DumpError({ code: "dump/inconsistent", what: "policies" });
  return policies;
}

function* readParachain(head: NonNullable<Head["para"]>, { finalized }: LightClient): Reading<Parachain> {
  const relay = yield* readKnown(head.relay, finalized);
  return { ...head, relay, staged: HeaderRun.after(head.finalized) };
}

/** Reads known blocks, whose last block must be `tip`. @throws {@link DumpError} `dump/inconsistent` */
function* readKnown({ first, last }: KnownHead, tip: BlockPoint): Reading<KnownBlocks> {
  const known = last === tip.number ? yield* KnownBlocks.reading(first, last) : undefined;
  if (known?.relationOf(tip) !== "known")
    throw new DumpError({ code: "dump/inconsistent", what: "known-blocks" });
  return known;
}

/**
 * Reads this many waiting headers.
 * @throws {@link DumpError} `dump/inconsistent` if the headers do not lead from the dispatched block to the
 * finalized block
 */
function* readQueue(count: number, dispatched: DispatchedBlock, finalized: BlockPoint): Reading<HeaderRun> {
  if (count > maxWaiting) throw new DumpError({ code: "dump/inconsistent", what: "queue" });
  let run = HeaderRun.after(dispatched);
  while (run.length < count) {
    const part: Uint8Array = yield;
    const headers = decodeAll(part, (r) => readHeaders(r, run.tip));
    if (headers.length === 0) throw new DumpError({ code: "dump/inconsistent", what: "queue" });
    run = run.append(headers);
  }
  if (run.length !== count || !equal(run.tip.hash, finalized.hash))
    throw new DumpError({ code: "dump/inconsistent", what: "dispatched" });
  return run;
}

function readHeaders(r: Reader, parent: BlockPoint): readonly FinalizedHeader[] {
  const headers: FinalizedHeader[] = [];
  for (let last = parent; r.left > 0; ) {
    const header = readFinalizedHeader(r);
    if (header.number !== last.number + 1 || !equal(header.parentHash, last.hash))
      throw new DumpError({ code: "dump/inconsistent", what: "queue" });
    headers.push(header);
    last = header;
  }
  return headers;
}
