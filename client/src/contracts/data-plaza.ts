/** The typed DataPlaza contract, a market of datasets. */
import { type AnswerOf, dataPlaza as contract, type RequestOf } from "@pruntime/interfaces";
import { type Command, command, type PageOptions, pageInput, type Request, request } from "./contract.ts";

/** A dataset as its seller describes it. */
export interface Listing {
  readonly name: string;
  readonly category: string;
  readonly description: string;
  readonly pricePerRow: bigint;
  readonly datasetLink: string;
  readonly datasetPreview: string;
}

/** Says which command created an item or an order, by the command's position on the chain. */
export interface TxRef {
  readonly blockNumber: number;
  /** Index of the extrinsic in its block. */
  readonly index: number;
}

/** A dataset for sale. */
export interface Item {
  readonly id: number;
  readonly txref: TxRef;
  readonly seller: Uint8Array;
  readonly details: Listing;
}

/** An order for the rows of an item's dataset that match a query file. */
export interface Order {
  readonly id: number;
  readonly txref: TxRef;
  readonly buyer: Uint8Array;
  readonly itemId: number;
  readonly queryLink: string;
  readonly state: OrderState;
}

/**
 * The progress of an order. The contract matches the rows of the query file against those of the dataset. An
 * order that has both files and no result yet waits until its buyer's turn comes.
 */
export interface OrderState {
  readonly dataReady: boolean;
  readonly queryReady: boolean;
  readonly resultReady: boolean;
  readonly matchedRows: number;
  /** Empty until the result exists. */
  readonly resultPath: string;
}

/** Commands and requests of contract 1. */
export const dataPlaza = {
  list({ pricePerRow, datasetLink, datasetPreview, ...texts }: Listing): Command {
    const { name, category, description } = texts;
    const price = { kind: "PerRow", value: { price: pricePerRow } } as const;
    const links = { dataset_link: datasetLink, dataset_preview: datasetPreview };
    return command(contract, "List", { name, category, description, price, ...links });
  },

  openOrder({ itemId, queryLink }: { readonly itemId: number; readonly queryLink: string }): Command {
    return command(contract, "OpenOrder", { item_id: itemId, query_link: queryLink });
  },

  /** Returns a page of items, ordered by id: the latest page, or the page before an id. */
  items(page?: PageOptions): Request<readonly Item[]> {
    return request(contract, "GetItems", pageInput(page), ({ items }) => items.map(itemOf));
  },

  /** Returns a page of orders, ordered by id: the latest page, or the page before an id. */
  orders(page?: PageOptions): Request<readonly Order[]> {
    return request(contract, "GetOrders", pageInput(page), ({ orders }) => orders.map(orderOf));
  },
};

type ItemJson = AnswerOf<RequestOf<typeof contract, "GetItems">>["items"][number];
type OrderJson = AnswerOf<RequestOf<typeof contract, "GetOrders">>["orders"][number];

function itemOf({ id, txref, seller, details }: ItemJson): Item {
  const { price, dataset_link, dataset_preview, ...texts } = details;
  const links = { datasetLink: dataset_link, datasetPreview: dataset_preview };
  return { id, txref: refOf(txref), seller, details: { ...texts, pricePerRow: price.value.price, ...links } };
}

function orderOf({ id, txref, buyer, details, state }: OrderJson): Order {
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

function refOf({ blocknum, index }: ItemJson["txref"]): TxRef {
  return { blockNumber: blocknum, index };
}
