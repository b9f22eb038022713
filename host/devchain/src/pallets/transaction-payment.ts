/** Declares fees for clients. The chain charges no fees and ignores tips. */
import type { Pallet } from "../frame/pallet.ts";

/** The pallet for fees, which are all zero. */
export const transactionPayment: Pallet = {
  name: "TransactionPayment",
  index: 5,
  types: {
    RuntimeDispatchInfo: {
      path: "pallet_transaction_payment::types::RuntimeDispatchInfo",
      fields: { weight: "Weight", class: "DispatchClass", partial_fee: "u128" },
      params: { Balance: "u128", Weight: "Weight" },
    },
  },
  constants: { OperationalFeeMultiplier: ["u8", 5] },
};
