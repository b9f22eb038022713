/** The service that keeps a data area's orders up to date with the contract. */
import { forEach, mapEach, type Work } from "@pruntime/core/work";
import { dataPlaza } from "@pruntime/interfaces";
import type { Service } from "../../contract.ts";
import { type JoinOrder, joinOrders } from "./contract.ts";
import type { DataArea } from "./data-area.ts";

/**
 * The orders that are read or followed in one unit of work.
 * @limit orders
 * @source chosen: one unit is shorter than a slice
 * @past the work pauses, and a query may run
 */
const ordersPerUnit = 256;

/** Makes the service that computes the results of committed orders in this data area. */
export function joinsOf(data: DataArea): Service {
  return {
    contract: dataPlaza.id,
    *committing(state) {
      return follow(data, yield* readOrders(joinOrders(state, data.orderCount)));
    },
    *replacing(state) {
      return followOnly(data, yield* readOrders(joinOrders(state, 0)));
    },
  };
}

function readOrders(orders: Iterable<JoinOrder>): Work<readonly JoinOrder[]> {
  return mapEach(orders, ordersPerUnit, (order) => order);
}

function* follow(data: DataArea, orders: readonly JoinOrder[]): Work<void> {
  yield* forEach(orders, ordersPerUnit, (order) => data.follow(order));
  yield* data.joinWork();
}

function* followOnly(data: DataArea, orders: readonly JoinOrder[]): Work<void> {
  data.forgetOrders();
  yield* follow(data, orders);
}
