/** All actions of the REST interface, by name. */
import type { ActionName } from "@pruntime/api";
import type { ActionRun } from "./action.ts";
import { get, set } from "./data.ts";
import { dumpStates, loadStates } from "./dump.ts";
import { getEvidence } from "./evidence.ts";
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
import { dispatchBlock, syncBlock, syncCode, syncHeader, syncPara } from "./sync.ts";

export const runs: Readonly<Record<ActionName, ActionRun>> = {
  test: selfTest,
  init_runtime: initRuntime,
  get_info: getInfo,
  dump_states: dumpStates,
  load_states: loadStates,
  sync_block: syncBlock,
  query,
  set,
  get,
  sync_header: syncHeader,
  dispatch_block: dispatchBlock,
  sync_para: syncPara,
  sync_code: syncCode,
  get_status: getStatus,
  get_evidence: getEvidence,
  handover_begin: handoverBegin,
  handover_offer: handoverOffer,
  handover_accept: handoverAccept,
  handover_release: handoverRelease,
  handover_complete: handoverComplete,
};
