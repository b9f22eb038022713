/** Keeps a data area's joins up to date with the contract's orders, and reads files and results. */
import { forEach, type Work } from "@pruntime/core/work";
import { dataPlaza } from "@pruntime/interfaces";
import type { Service } from "../../contract.ts";
import type { StateView } from "../../state/overlay.ts";
import { joinOrders, orderLinks } from "./contract.ts";
import type { DataArea } from "./data-area.ts";
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
 * Checks a file of the operator. The returned work stores the file, or replaces one, in its first unit, and
 * then runs the joins that the file allows. That work cannot fail if no other file is stored before it.
 * @throws DataError if the data area refuses the file
 */
export function storeFile(executor: Committed, data: DataArea, path: string, bytes: Uint8Array): Work<void> {
  data.check(path, bytes);
  return storing(executor, data, path, bytes);
}

function* storing(executor: Committed, data: DataArea, path: string, bytes: Uint8Array): Work<void> {
  data.store(path, bytes);
  yield* followOrders(executor, data);
}

/**
 * Returns a copy of the operator's file at a path, or the result of the order to which the path belongs;
 * `undefined` if there is neither.
 */
export function* readFile(executor: Committed, data: DataArea, path: string): Work<Uint8Array | undefined> {
  const order = orderOf(path);
  const links = order === undefined ? undefined : orderLinks(executor.stateOf(dataPlaza.id), order);
  return links === undefined ? data.file(path) : yield* data.result(links);
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
