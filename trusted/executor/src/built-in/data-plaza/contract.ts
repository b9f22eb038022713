/**
 * Contract 1, a market of datasets. Sellers list datasets, and buyers order the rows that match a query file.
 * The operator supplies the files (see `data-area.ts`); the chain only records which account ordered what.
 * - Orders are public, as in the pRuntime of 2020: the buyer, the links, and how many rows matched. If the
 *   query file is sealed, only the buyer learns how many rows matched.
 * - The rows are not public. The operator reads the rows with the action `get`; they are sealed to the buyer
 *   if the query file is sealed.
 * - The contract collects no price: `price` is what the seller asks.
 * - `GetOrders` only reads. In 2020 it also matched the rows.
 */
import { fromUtf8, utf8 } from "@pruntime/core/bytes";
import type { Reader, Writer } from "@pruntime/core/scale";
import {
  type AnswerOf,
  type CommandOf,
  dataPlaza as dataPlazaInterface,
  type InputOf,
  type RequestOf,
} from "@pruntime/interfaces";
import type { CommandContext, Contract } from "../../contract.ts";
import { Cell } from "../../state/cell.ts";
import { account, type Codec, u32 } from "../../state/codec.ts";
import type { State, StateView } from "../../state/overlay.ts";
import { isOrigin } from "../account.ts";
import { jsonContract } from "../json-contract.ts";
import { Newest } from "../page.ts";
import { orderPath } from "./path.ts";

/** The part of the data area that the contract can read. It is not part of the state. */
export interface DataAreaView {
  progress(links: Links): Progress;
}

/** How far the data area is with an order. */
export interface Progress {
  /** Whether the item's dataset is present, and the seller may name it. */
  readonly hasDataset: boolean;
  /** Whether the order's query file is present, and the buyer may name it for this dataset. */
  readonly hasQuery: boolean;
  /** How many rows match; `undefined` until both files are present and a join has counted the rows. */
  readonly rows: number | undefined;
  /** Whether only the buyer may learn how many rows match, because the query file is sealed. */
  readonly isSealed: boolean;
}

/** The paths of the two files that an order joins, and the accounts that named them, 32 bytes each. */
export interface Links {
  readonly dataset: string;
  /** The account that listed the item. */
  readonly seller: Uint8Array;
  readonly query: string;
  /** The account that opened the order. */
  readonly buyer: Uint8Array;
}

/** An order, by its id. */
export interface JoinOrder extends Links {
  readonly id: number;
}

/** The command that created an entry: its block, its index in that block, and its sender. */
interface Source {
  readonly blockNumber: number;
  readonly index: number;
  readonly account: Uint8Array;
}

interface Item extends Source {
  readonly name: string;
  readonly category: string;
  readonly pricePerRow: bigint;
  readonly datasetLink: string;
}

/**
 * The long texts of an item. These texts have an entry of their own, so that the contract can create
 * and list orders without reading the texts.
 */
interface ItemTexts {
  readonly description: string;
  readonly datasetPreview: string;
}

interface Order extends Source {
  readonly itemId: number;
  readonly queryLink: string;
}

const source: Codec<Source> = {
  read: (r) => ({ blockNumber: r.u32(), index: r.u32(), account: account.read(r) }),
  write: (w, entry) => account.write(w.u32(entry.blockNumber).u32(entry.index), entry.account),
};
const readText = (r: Reader) => fromUtf8(r.vecU8());
const writeText = (w: Writer, text: string) => w.vecU8(utf8(text));

const items = new Cell<Item>("item", {
  read: (r) => ({
    ...source.read(r),
    name: readText(r),
    category: readText(r),
    pricePerRow: r.u128(),
    datasetLink: readText(r),
  }),
  write: (w, item) => {
    source.write(w, item);
    for (const text of [item.name, item.category]) writeText(w, text);
    writeText(w.u128(item.pricePerRow), item.datasetLink);
  },
});
const itemTexts = new Cell<ItemTexts>("texts", {
  read: (r) => ({ description: readText(r), datasetPreview: readText(r) }),
  write: (w, texts) => {
    for (const text of [texts.description, texts.datasetPreview]) writeText(w, text);
  },
});
const orders = new Cell<Order>("order", {
  read: (r) => ({ ...source.read(r), itemId: r.u32(), queryLink: readText(r) }),
  write: (w, order) => {
    source.write(w, order);
    writeText(w.u32(order.itemId), order.queryLink);
  },
});
const itemCount = new Cell("items", u32);
const orderCount = new Cell("orders", u32);

/** The DataPlaza contract, which reads the given data area. */
export function dataPlaza(data: DataAreaView): Contract {
  return jsonContract(dataPlazaInterface, {
    cells: [items, itemTexts, orders, itemCount, orderCount],
    commands: {
      List: (context, state, listing) => list(context, state, listing),
      OpenOrder: (context, state, { item_id, query_link }) => {
        if (items.get(state, item_id) === undefined) return "ItemIdNotFound";
        const order = { ...sourceOf(context), itemId: item_id, queryLink: query_link };
        return append(state, orders, orderCount, order);
      },
    },
    requests: {
      GetItems: (_, state, page) => new Newest(newestItems(state, page?.before)),
      GetOrders: ({ origin }, state, page) => new Newest(newestOrders(state, data, origin, page?.before)),
    },
  });
}

/**
 * The orders with id `first` or higher, in ascending order.
 * @throws ContractError `contract/missing-entry`
 */
export function* joinOrders(state: StateView, first: number): Generator<JoinOrder> {
  const count = orderCount.get(state) ?? 0;
  for (let id = first; id < count; id++) {
    const order = orders.require(state, id);
    yield { id, ...linksOf(state, order) };
  }
}

/** The order with this id; `undefined` if there is none. @throws ContractError `contract/missing-entry` */
export function orderLinks(state: StateView, id: number): Links | undefined {
  const order = orders.get(state, id);
  return order && linksOf(state, order);
}

function linksOf(state: StateView, { itemId, queryLink, account: buyer }: Order): Links {
  const { datasetLink, account: seller } = items.require(state, itemId);
  return { dataset: datasetLink, seller, query: queryLink, buyer };
}

type Listing = InputOf<CommandOf<typeof dataPlazaInterface, "List">>;

function list(context: CommandContext, state: State, listing: Listing): Appended {
  const { name, category, description, price, dataset_link, dataset_preview } = listing;
  const texts = { description, datasetPreview: dataset_preview };
  itemTexts.set(state, texts, itemCount.get(state) ?? 0);
  const pricePerRow = price.value.price;
  const item = { ...sourceOf(context), name, category, pricePerRow, datasetLink: dataset_link };
  return append(state, items, itemCount, item);
}

function sourceOf({ block, index, sender }: CommandContext): Source {
  return { blockNumber: block.number, index, account: sender };
}

type Appended = "Ok" | "UnknownError";

/** Appends an entry under the next id. Ids start at 0. Returns `UnknownError` if all ids are in use. */
function append<T>(state: State, entries: Cell<T>, counter: Cell<number>, entry: T): Appended {
  const id = counter.get(state) ?? 0;
  if (id === 0xffff_ffff) return "UnknownError";
  entries.set(state, entry, id);
  counter.set(state, id + 1);
  return "Ok";
}

function* fromNewest<T>(
  state: StateView,
  entries: Cell<T>,
  counter: Cell<number>,
  before: number | undefined,
): Generator<readonly [number, T]> {
  const count = counter.get(state) ?? 0;
  for (let id = Math.min(count, before ?? count) - 1; id >= 0; id--) yield [id, entries.require(state, id)];
}

function* newestItems(state: StateView, before: number | undefined): Generator<ItemAnswer> {
  for (const [id, item] of fromNewest(state, items, itemCount, before))
    yield itemAnswer(id, item, itemTexts.require(state, id));
}

function* newestOrders(
  state: StateView,
  data: DataAreaView,
  origin: Uint8Array | undefined,
  before: number | undefined,
): Generator<OrderAnswer> {
  for (const [id, order] of fromNewest(state, orders, orderCount, before))
    yield orderAnswer(id, order, data.progress(linksOf(state, order)), origin);
}

type ItemAnswer = AnswerOf<RequestOf<typeof dataPlazaInterface, "GetItems">>["items"][number];
type OrderAnswer = AnswerOf<RequestOf<typeof dataPlazaInterface, "GetOrders">>["orders"][number];

function txref({ blockNumber, index }: Source): ItemAnswer["txref"] {
  return { blocknum: blockNumber, index };
}

function itemAnswer(id: number, item: Item, { description, datasetPreview }: ItemTexts): ItemAnswer {
  return {
    id,
    txref: txref(item),
    seller: item.account,
    details: {
      name: item.name,
      category: item.category,
      description,
      price: { kind: "PerRow", value: { price: item.pricePerRow } },
      dataset_link: item.datasetLink,
      dataset_preview: datasetPreview,
    },
  };
}

function orderAnswer(
  id: number,
  order: Order,
  { hasDataset, hasQuery, rows, isSealed }: Progress,
  origin: Uint8Array | undefined,
): OrderAnswer {
  const mayCount = !isSealed || isOrigin(origin, order.account);
  return {
    id,
    txref: txref(order),
    buyer: order.account,
    details: { item_id: order.itemId, query_link: order.queryLink },
    state: {
      data_ready: hasDataset,
      query_ready: hasQuery,
      result_ready: rows !== undefined,
      matched_rows: mayCount ? (rows ?? 0) : 0,
      result_path: rows === undefined ? "" : orderPath(id),
    },
  };
}
