/**
 * The events that write a worker's whole chain and state as a dump, page by page, and load it again. The
 * enclave seals the pages. `dump` and `load`, of 2020, write and load a dump that is a single long page.
 */
import { equal } from "@pruntime/core/bytes";
import type { Work } from "@pruntime/core/work";
import type { Snapshot } from "@pruntime/executor";
import type { EventOf } from "../../event.ts";
import { type Context, type Running, type State, type Step, started, withChain } from "../../state.ts";
import { DumpError } from "../error.ts";
import { DumpLoader } from "./load.ts";
import { encodePage } from "./page.ts";
import { Pager } from "./part.ts";
import type { DumpInProgress } from "./progress.ts";
import { dumpParts } from "./write.ts";

/**
 * A dump that is a single page, as in 2020.
 * @limit bytes
 * @source chosen: sealing the page and writing it in hex is one unit of work
 * @past `dump/too-large`, which names `dump_begin`
 */
const maxWholeBytes = 4 << 20;

/**
 * Begins a dump of the worker's present state. The worker keeps this state until the last page is taken. At
 * most one dump begins per block: the dump that began at the same block begins again at its first page. A
 * block that is only final counts too, because a dump that ends before the worker's mark does not lead past
 * it.
 */
export function* beginDump({ random }: Context, state: State): Work<Step<"dump-begin">> {
  const running = started(state);
  const snapshot = yield* snapshotOf(running);
  snapshot.reopen();
  const { dump: begun, chain } = running;
  const isSame = begun?.of.snapshot === snapshot && begun.of.chain.mark === chain.mark;
  const last = isSame ? begun : undefined;
  const { id, of } = last ?? { id: random(16), of: contentOf(running, snapshot) };
  const dump: DumpInProgress = { id, of, pager: new Pager(dumpParts(of)) };
  const { number, hash } = of.chain.dispatched;
  return { state: { ...state, running: { ...running, dump } }, value: { id, block: { number, hash } } };
}

/**
 * Writes the next page of a dump.
 * @throws {@link DumpError} `dump/unknown-id`, `dump/wrong-page`; ExecutorError `executor/given-up`
 */
export function* dumpPage(state: State, { id, index }: EventOf<"dump-page">): Work<Step<"dump-page">> {
  const { chain, dump } = started(state);
  if (dump === undefined || !equal(dump.id, id)) throw new DumpError({ code: "dump/unknown-id" });
  assertNext(dump.pager.next, index);
  const page = yield* dump.pager.page();
  return { state: withChain(state, chain), value: { page: encodePage(page), last: page.last } };
}

/**
 * Writes the worker's present state as a single page.
 * @throws {@link DumpError} `dump/too-large`
 */
export function* dumpState(state: State): Work<Step<"dump">> {
  const running = started(state);
  const pager = new Pager(dumpParts(contentOf(running, yield* running.executor.presentWork())));
  const page = yield* pager.page(maxWholeBytes);
  if (!page.last)
    throw new DumpError({ code: "dump/too-large", limit: maxWholeBytes, instead: "dump_begin" });
  return { state, value: { dump: encodePage(page) } };
}

/**
 * Takes the next page of a dump. The first page ends a load that was in progress. The last page replaces the
 * worker's chain and state by those of the dump. No page before the last changes anything but the load, and a
 * page whose content is refused ends the load. The worker keeps the operator's files, its query key, and the
 * nonces of the queries that it answered. A dump needs no nonces: every process has its own query key, so no
 * other process can open a query that this process answered.
 * @throws {@link DumpError}; CodecError, BytesError, ExecutorError, MetadataError
 */
export function* loadPage(state: State, { id, index, page }: EventOf<"load-page">): Work<Step<"load-page">> {
  const running = started(state);
  const load = index === 0 ? { id, next: 0, loader: new DumpLoader(running) } : running.load;
  if (load === undefined || !equal(load.id, id)) throw new DumpError({ code: "dump/unknown-id" });
  assertNext(load.next, index);
  const { loader } = load;
  if (yield* loader.take(running.chain, page))
    return { ...(yield* replacedBy(state, loader)), value: { done: true } };
  const next = { ...load, next: index + 1 };
  return { state: { ...state, running: { ...running, load: next } }, value: { done: false } };
}

/** Loads a dump that is a single page, as {@link loadPage} does. @throws as {@link loadPage} */
export function* loadState(state: State, { dump }: EventOf<"load">): Work<Step<"load">> {
  const running = started(state);
  const loader = new DumpLoader(running);
  if (!(yield* loader.take(running.chain, dump))) throw new DumpError({ code: "dump/bad-page" });
  return { ...(yield* replacedBy(state, loader)), value: { done: true } };
}

function* replacedBy(state: State, loader: DumpLoader): Work<Pick<Step<"load">, "state" | "after">> {
  const { executor, data, ...present } = started(state);
  const { chain, events, apply } = yield* loader.finish({ ...present, executor });
  return { state: { ...state, running: { chain, events, executor, data, pieces: {} } }, after: apply };
}

function contentOf({ chain, events, executor }: Running, snapshot: Snapshot): DumpInProgress["of"] {
  return { chain, events, stateRoot: executor.stateRoot, snapshot };
}

/** A snapshot of the contracts' present state: that of the last dump, if it began at the same block. */
function* snapshotOf({ chain, executor, dump }: Running): Work<Snapshot> {
  const last = dump?.of.chain.dispatched.number === chain.dispatched.number ? dump.of.snapshot : undefined;
  return last?.givenUp === false ? last : yield* executor.snapshotWork();
}

/** @throws {@link DumpError} `dump/wrong-page` @param want the index of the next page, if there is one */
function assertNext(want: number | undefined, have: number): void {
  if (have !== want) throw new DumpError({ code: "dump/wrong-page", want: want ?? null, have });
}
