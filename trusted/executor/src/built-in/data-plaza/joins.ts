/** The service that keeps a data area's orders up to date with the contract. */
import { dataPlaza } from "@pruntime/interfaces";
import type { Service } from "../../contract.ts";
import { joinOrders } from "./contract.ts";
import type { DataArea } from "./data-area.ts";

/** Makes the service that computes the results of committed orders in this data area. */
export function joinsOf(data: DataArea): Service {
  return {
    contract: dataPlaza.id,
    committing: (state) => {
      const orders = [...joinOrders(state, data.orderCount)];
      return () => {
        for (const order of orders) data.follow(order);
        data.join();
      };
    },
    replacing: (state) => {
      const orders = [...joinOrders(state, 0)];
      return () => {
        data.forgetOrders();
        for (const order of orders) data.follow(order);
        data.join();
      };
    },
  };
}
