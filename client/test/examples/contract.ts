import { type Command, type ContractInterface, command, type Request, request } from "@pruntime/client";

/** Your own contract. Its interface lists its commands and requests, with their types. */
const contract = {
  id: 7,
  name: "Counter",
  meaning: "Counts.",
  commands: [
    {
      name: "Add",
      meaning: "Adds to the count.",
      sender: "any account",
      input: { struct: [{ name: "count", type: "u32" }] },
      statuses: [],
      example: { count: 1 },
    },
  ],
  requests: [
    {
      name: "Total",
      meaning: "The count.",
      asker: "anyone",
      input: "unit",
      answer: { struct: [{ name: "count", type: "u32" }] },
      refusals: [],
      example: { input: null, answer: { count: 1 } },
    },
  ],
} as const satisfies ContractInterface & { readonly id: number };

export const counter = {
  add(count: number): Command {
    return command(contract, "Add", { count });
  },
  total(): Request<number> {
    return request(contract, "Total", null, ({ count }) => count);
  },
};
