/** The handlers of all actions, by name. */
import type { ActionName } from "@pruntime/api";
import type { Handlers } from "./action.ts";
import { blockHandlers } from "./blocks.ts";
import { dataHandlers } from "./data.ts";
import { evidenceHandlers } from "./evidence.ts";
import { handoverHandlers } from "./handover.ts";
import { infoHandlers } from "./info.ts";
import { initHandlers } from "./init.ts";
import { queryHandlers } from "./query.ts";
import { selfTestHandlers } from "./self-test.ts";
import { stateHandlers } from "./states.ts";

/** All handlers. The type requires a handler for each action of the interface. */
export const handlers: Handlers<ActionName> = {
  ...blockHandlers,
  ...dataHandlers,
  ...evidenceHandlers,
  ...handoverHandlers,
  ...infoHandlers,
  ...initHandlers,
  ...queryHandlers,
  ...selfTestHandlers,
  ...stateHandlers,
};
