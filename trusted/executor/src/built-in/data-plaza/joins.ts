/** Keeps a data area's joins up to date with the contract's orders, and reads files and results. */
import { forEach, type Work } from "@pruntime/core/work";
import { checkDataFile, dataPlaza } from "@pruntime/interfaces";
import type { Service } from "../../contract.ts";
import type { StateView } from "../../state/overlay.ts";
import { joinOrders, orderLinks } from "./contract.ts";
import type { DataArea, OrderResult, StoredFile } from "./data-area.ts";
import { orderOf } from "./path.ts";

/**
 * The orders that are read or followed in one unit of work.
 * @limit orders
 * @source chosen: one unit is shorter than a slice
 * @past the work pauses, and a query may run
 */
const ordersPerUnit = 256;

/** Makes the service that runs the joins of committed orders in this data area. */
export function joinsOf(data: DataArea): Service {
  return {
    contract: dataPlaza.id,
    *committing(state) {
      yield* check(state, data.orderCount);
      return follow(state, data);
    },
    *replacing(state) {
      yield* check(state, 0);
      return followOnly(state, data);
    },
  };
}

/**
 * Follows the orders that were not followed with the present files, and runs the joins that can run now. The
 * work cannot fail, and no file may change before it ends.
 */
export function followOrders(executor: Committed, data: DataArea): Work<void> {
  return follow(executor.stateOf(dataPlaza.id), data);
}

/**
 * Checks a file in units. A sealed file must be a table, because its owner cannot look at what is stored. The
 * returned work stores the file, or replaces one, and runs the joins that the file allows. That work cannot
 * fail, and must begin before another file is stored.
 * @throws DataError if the data area refuses the file; CsvError for a sealed file that is not a table
 */
export function* storingFile(executor: Committed, data: DataArea, file: StoredFile): Work<Work<void>> {
  data.check(file);
  if (file.seal !== undefined) yield* checkDataFile(file.seal.kind, file.bytes);
  return storeFile(executor, data, file);
}

function* storeFile(executor: Committed, data: DataArea, file: StoredFile): Work<void> {
  data.store(file);
  yield* followOrders(executor, data);
}

/**
 * Returns a copy of the file in clear at a path, or the result of the order to which the path belongs;
 * `undefined` if there is neither.
 * @throws DataError `data/sealed`
 */
export function* readFile(executor: Committed, data: DataArea, path: string): Work<OrderResult | undefined> {
  const order = orderOf(path);
  const links = order === undefined ? undefined : orderLinks(executor.stateOf(dataPlaza.id), order);
  if (links !== undefined) return yield* data.result(links);
  const rows = data.file(path);
  return rows && { rows };
}

/** Gives access to the committed state of a contract. */
interface Committed {
  stateOf(id: number): StateView;
}

function* follow(state: StateView, data: DataArea): Work<void> {
  yield* forEach(joinOrders(state, data.orderCount), ordersPerUnit, (order) => data.follow(order));
  yield* data.joinWork();
}

/** Reads all orders from `first` on. @throws ContractError `contract/missing-entry` */
function check(state: StateView, first: number): Work<void> {
  return forEach(joinOrders(state, first), ordersPerUnit, () => undefined);
}

function* followOnly(state: StateView, data: DataArea): Work<void> {
  data.forgetOrders();
  yield* follow(state, data);
}
