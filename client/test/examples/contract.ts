import { answerOf, type Command, type Request } from "@pruntime/client";
import { jsonObject, jsonU32 } from "@pruntime/core/json";

/** A contract of one's own: what it is told, what it is asked, and how its answers are read. */
const total = answerOf("Total", jsonObject({ count: jsonU32 }));
export const counter = {
  add(count: number): Command {
    return { contractId: 7, json: { Add: { count } } };
  },
  total(): Request<number> {
    return { contractId: 7, json: "Total", read: (answer) => total(answer).count };
  },
};
