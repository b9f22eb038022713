/** Contract 1, a market of datasets. Its JSON is that of trusted/executor/src/contracts/data-plaza.ts. */
import {
  jsonArray,
  jsonBool,
  jsonHex,
  jsonObject,
  jsonString,
  jsonU32,
  jsonU128Text,
  jsonVariant,
} from "@pruntime/core/json";
import { answerOf, type Command, type PageOptions, pageOf, type Request } from "./contract.ts";

/** What a seller says of a dataset. */
export interface Listing {
  readonly name: string;
  readonly category: string;
  readonly description: string;
  readonly pricePerRow: bigint;
  readonly datasetLink: string;
  readonly datasetPreview: string;
}

/** Where on the chain an entry comes from. */
export interface TxRef {
  readonly blockNumber: number;
  /** Of the extrinsic in its block. */
  readonly index: number;
}

export interface Item {
  readonly id: number;
  readonly txref: TxRef;
  readonly seller: Uint8Array;
  readonly details: Listing;
}

export interface Order {
  readonly id: number;
  readonly txref: TxRef;
  readonly buyer: Uint8Array;
  readonly itemId: number;
  readonly queryLink: string;
  readonly state: OrderState;
}

/** How far an order's join is. */
export interface OrderState {
  readonly dataReady: boolean;
  readonly queryReady: boolean;
  readonly resultReady: boolean;
  readonly matchedRows: number;
  /** Empty while there is no result. */
  readonly resultPath: string;
}

const contractId = 1;
const txref = jsonObject({ blocknum: jsonU32, index: jsonU32 }, "ignored");
const listing = jsonObject(
  {
    name: jsonString(),
    category: jsonString(),
    description: jsonString(),
    price: jsonVariant({ PerRow: jsonObject({ price: jsonU128Text }, "ignored") }),
    dataset_link: jsonString(),
    dataset_preview: jsonString(),
  },
  "ignored",
);
const item = jsonObject({ id: jsonU32, txref, seller: jsonHex(32), details: listing }, "ignored");
const orderDetails = jsonObject({ item_id: jsonU32, query_link: jsonString() }, "ignored");
const orderState = jsonObject(
  {
    data_ready: jsonBool,
    query_ready: jsonBool,
    result_ready: jsonBool,
    matched_rows: jsonU32,
    result_path: jsonString(),
  },
  "ignored",
);
const order = jsonObject(
  { id: jsonU32, txref, buyer: jsonHex(32), details: orderDetails, state: orderState },
  "ignored",
);
const items = jsonObject({ items: jsonArray(item) }, "ignored");
const orders = jsonObject({ orders: jsonArray(order) }, "ignored");

export const dataPlaza = {
  id: 1 as const,

  list({ name, category, description, pricePerRow, datasetLink, datasetPreview }: Listing): Command {
    const price = { PerRow: { price: String(pricePerRow) } };
    const links = { dataset_link: datasetLink, dataset_preview: datasetPreview };
    return { contractId, json: { List: { name, category, description, price, ...links } } };
  },

  openOrder({ itemId, queryLink }: { readonly itemId: number; readonly queryLink: string }): Command {
    return { contractId, json: { OpenOrder: { item_id: itemId, query_link: queryLink } } };
  },

  /** Items by id, the newest page or the one before an id. */
  items(page?: PageOptions): Request<readonly Item[]> {
    const read = answerOf("GetItems", items);
    return { contractId, json: pageOf("GetItems", page), read: (answer) => read(answer).items.map(itemOf) };
  },

  /** Orders by id, the newest page or the one before an id. */
  orders(page?: PageOptions): Request<readonly Order[]> {
    const read = answerOf("GetOrders", orders);
    return {
      contractId,
      json: pageOf("GetOrders", page),
      read: (answer) => read(answer).orders.map(orderOf),
    };
  },
};

function itemOf({ id, txref, seller, details }: ReturnType<typeof item>): Item {
  const { price, dataset_link, dataset_preview, ...texts } = details;
  const links = { datasetLink: dataset_link, datasetPreview: dataset_preview };
  return { id, txref: refOf(txref), seller, details: { ...texts, pricePerRow: price.value.price, ...links } };
}

function orderOf({ id, txref, buyer, details, state }: ReturnType<typeof order>): Order {
  return {
    id,
    txref: refOf(txref),
    buyer,
    itemId: details.item_id,
    queryLink: details.query_link,
    state: {
      dataReady: state.data_ready,
      queryReady: state.query_ready,
      resultReady: state.result_ready,
      matchedRows: state.matched_rows,
      resultPath: state.result_path,
    },
  };
}

function refOf({ blocknum, index }: ReturnType<typeof txref>): TxRef {
  return { blockNumber: blocknum, index };
}
