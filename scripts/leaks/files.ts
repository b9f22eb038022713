/**
 * The sealed files of DataPlaza that are compared: Alice's dataset and Bob's query file, which belong to the
 * item and the order of the setup. In all cases, each file has between 509 and 1,020 bytes, which is one size
 * class, but other rows match.
 */
import { dataPlaza } from "@pruntime/interfaces";

const [listing, order] = dataPlaza.commands;

/** The path of the dataset, of the query file and of the result. */
export const paths = {
  dataset: listing.example.dataset_link,
  query: order.example.query_link,
  result: "/order/0",
} as const;

/** A pair of files, and the rows of the result. */
export interface FileCase {
  readonly what: string;
  readonly dataset: string;
  readonly query: string;
  readonly rows: string;
}

const rowsOf = (count: number, prefix = "") =>
  Array.from({ length: count }, (_, phone) => `${prefix}${phone}\n`).join("");
const table = (rows: string) => `phone\n${rows}`;

/** The cases of the comparison. */
export const fileCases: readonly FileCase[] = [
  {
    what: "no row matches",
    dataset: table(rowsOf(250)),
    query: table(rowsOf(200, "x")),
    rows: "",
  },
  {
    what: "every row matches",
    dataset: table(rowsOf(250)),
    query: table(rowsOf(250)),
    rows: rowsOf(250),
  },
  {
    what: "shorter files",
    dataset: table(rowsOf(160)),
    query: table(rowsOf(160)),
    rows: rowsOf(160),
  },
];
