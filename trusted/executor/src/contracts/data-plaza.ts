/**
 * Contract 1, a market of datasets: sellers list them, buyers order the rows that match a query file. Files are the operator's to give (see
 * `../data`); the chain only says who ordered what.
 * - Orders are shown to everybody, as in 2020: who bought, which links, how many rows matched. Rows are not; they leave by the operator's `get`.
 * - `GetOrders` only reads. In 2020 it ran the joins.
 */
import { fromUtf8, toHex, utf8 } from "@pruntime/core/bytes";
import { type Json, jsonObject, jsonString, jsonU32, jsonU128Text, jsonVariant } from "@pruntime/core/json";
import type { Reader, Writer } from "@pruntime/core/scale";
import { account } from "../account.ts";
import { Cell, type Codec, u32 } from "../cell.ts";
import type { CommandContext, Contract, DataAreaView } from "../contract.ts";
import { maxPathLength, orderPath } from "../data/path.ts";
import type { State, StateView } from "../state.ts";
import type { Status } from "../status.ts";
import { newestPage, readPage, unitAsPage } from "./page.ts";

/** Where on the chain an entry comes from, and whose it is. */
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

/** An item's long texts, an entry of their own: whoever orders the item, or lists its orders, need not read them. */
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

/** Lengths in UTF-16 units; a command beyond them is a `BadCommand`. */
const [label, prose, linkText] = [jsonString(256), jsonString(16_384), jsonString(maxPathLength)];

const readCommand = jsonVariant({
  List: jsonObject(
    {
      name: label,
      category: label,
      description: prose,
      price: jsonVariant({ PerRow: jsonObject({ price: jsonU128Text }, "ignored") }),
      dataset_link: linkText,
      dataset_preview: prose,
    },
    "ignored",
  ),
  OpenOrder: jsonObject({ item_id: jsonU32, query_link: linkText }, "ignored"),
});
const readRequest = jsonVariant({ GetItems: readPage, GetOrders: readPage });

export const dataPlaza: Contract = {
  id: 1,
  name: "DataPlaza",
  cells: [items, itemTexts, orders, itemCount, orderCount],
  command: (context, state, json) => {
    const command = readCommand(json, "");
    if (command.kind === "OpenOrder") {
      const { item_id, query_link } = command.value;
      if (items.get(state, item_id) === undefined) return "ItemIdNotFound";
      return append(state, orders, orderCount, {
        ...sourceOf(context),
        itemId: item_id,
        queryLink: query_link,
      });
    }
    const { name, category, description, price, dataset_link, dataset_preview } = command.value;
    itemTexts.set(state, { description, datasetPreview: dataset_preview }, itemCount.get(state) ?? 0);
    return append(state, items, itemCount, {
      ...sourceOf(context),
      name,
      category,
      pricePerRow: price.value.price,
      datasetLink: dataset_link,
    });
  },
  query: ({ data }, state, json) => {
    const request = readRequest(unitAsPage(json), "");
    if (request.kind === "GetItems") {
      const page = newestPage(newestItems(state, request.value.before), sizeOf);
      return { GetItems: { items: page.map(itemJson) } };
    }
    const page = newestPage(fromNewest(state, orders, orderCount, request.value.before), sizeOf);
    return { GetOrders: { orders: page.map(([id, order]) => orderJson(state, data, id, order)) } };
  },
  *joinOrders(state, first) {
    const count = orderCount.get(state) ?? 0;
    for (let id = first; id < count; id++) {
      const { itemId, queryLink } = orders.require(state, id);
      yield { id, dataset: items.require(state, itemId).datasetLink, query: queryLink };
    }
  },
};

function sourceOf({ block, index, sender }: CommandContext): Source {
  return { blockNumber: block.number, index, account: sender };
}

/** Ids count up from 0. */
function append<T>(state: State, entries: Cell<T>, counter: Cell<number>, entry: T): Status {
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

function* newestItems(
  state: StateView,
  before: number | undefined,
): Generator<readonly [number, Item & ItemTexts]> {
  for (const [id, item] of fromNewest(state, items, itemCount, before))
    yield [id, { ...item, ...itemTexts.require(state, id) }];
}

function sizeOf([, entry]: readonly [number, (Item & ItemTexts) | Order]): number {
  let text = 0;
  for (const value of Object.values(entry)) if (typeof value === "string") text += value.length;
  return text;
}

function txref({ blockNumber, index }: Source): Json {
  return { blocknum: blockNumber, index };
}

function itemJson([id, item]: readonly [number, Item & ItemTexts]): Json {
  return {
    id,
    txref: txref(item),
    seller: toHex(item.account),
    details: {
      name: item.name,
      category: item.category,
      description: item.description,
      price: { PerRow: { price: String(item.pricePerRow) } },
      dataset_link: item.datasetLink,
      dataset_preview: item.datasetPreview,
    },
  };
}

function orderJson(state: StateView, data: DataAreaView, id: number, order: Order): Json {
  const matched = data.matchedRows(id);
  return {
    id,
    txref: txref(order),
    buyer: toHex(order.account),
    details: { item_id: order.itemId, query_link: order.queryLink },
    state: {
      data_ready: data.has(items.require(state, order.itemId).datasetLink),
      query_ready: data.has(order.queryLink),
      result_ready: matched !== undefined,
      matched_rows: matched ?? 0,
      result_path: matched === undefined ? "" : orderPath(id),
    },
  };
}
