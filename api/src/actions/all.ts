/**
 * The list of all actions. The gateway and the enclave find actions in it, and the API documents describe
 * each of them.
 */
import type { AnyAction } from "../action.ts";
import {
  dispatchBlock,
  recoverFinality,
  stageHeader,
  stagePiece,
  syncBlock,
  syncCode,
  syncHeader,
  syncPara,
} from "./blocks.ts";
import { getData, setData } from "./data.ts";
import { getEvidence, registrationEvidence, setOperator } from "./evidence.ts";
import {
  handoverAccept,
  handoverBegin,
  handoverComplete,
  handoverOffer,
  handoverRelease,
} from "./handover.ts";
import { getInfo, getStatus } from "./info.ts";
import { initRuntime } from "./init.ts";
import { query } from "./query.ts";
import { selfTest } from "./self-test.ts";
import { dumpBegin, dumpPage, dumpStates, loadPage, loadStates } from "./states.ts";

/** All actions: first those of 2020-05, in the order of the numeric ids of that time, then newer actions. */
export const actions = [
  selfTest,
  initRuntime,
  getInfo,
  dumpStates,
  loadStates,
  syncBlock,
  query,
  setData,
  getData,
  syncHeader,
  dispatchBlock,
  syncPara,
  syncCode,
  stageHeader,
  stagePiece,
  getStatus,
  getEvidence,
  setOperator,
  registrationEvidence,
  recoverFinality,
  dumpBegin,
  dumpPage,
  loadPage,
  handoverBegin,
  handoverOffer,
  handoverAccept,
  handoverRelease,
  handoverComplete,
] as const satisfies readonly AnyAction[];

/** The type of any action in the list. */
export type KnownAction = (typeof actions)[number];

/** The name of an action, as it appears in the path. */
export type ActionName = KnownAction["name"];

/** The type of the action named `N`. */
export type ActionNamed<N extends ActionName> = Extract<KnownAction, { readonly name: N }>;

/** The action with this name; `undefined` if there is none. */
export function findAction(name: string): KnownAction | undefined {
  return actions.find((row) => row.name === name);
}
