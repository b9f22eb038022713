/** What calls do. A call either returns or throws a {@link DispatchFailure}; its changes and events then do not count. */
import { to0x } from "@pruntime/core/bytes";
import { type Transfer, transfer } from "./balances.ts";
import type { Context } from "./context.ts";
import { DispatchFailure } from "./failure.ts";
import { approveAsMulti, asMulti, asMultiThreshold1 } from "./multisig.ts";
import { addProxy, proxy, removeProxy } from "./proxy.ts";
import { batch, batchAll, forceBatch } from "./utility.ts";
import type { RuntimeCall } from "./validity.ts";
import { deregisterWorker, registerWorker, setPolicy } from "./worker-registry.ts";

/** A call's arguments as its codec gives them. */
type Handler = (context: Context, signer: string, args: never) => void;

const handlers: Readonly<Record<string, Handler>> = {
  "System.remark": () => undefined,
  "System.remark_with_event": ({ runtime, deposit }, sender, { remark }: { readonly remark: Uint8Array }) =>
    deposit("System", "Remarked", { sender, hash: to0x(runtime.crypto.blake2b256(remark)) }),
  "Balances.transfer_allow_death": (context, from, args: Transfer) =>
    transfer(context, from, args, "allow-death"),
  "Balances.transfer_keep_alive": (context, from, args: Transfer) =>
    transfer(context, from, args, "keep-alive"),
  "Utility.batch": batch,
  "Utility.batch_all": batchAll,
  "Utility.force_batch": forceBatch,
  "Proxy.proxy": proxy,
  "Proxy.add_proxy": addProxy,
  "Proxy.remove_proxy": removeProxy,
  "Multisig.as_multi_threshold_1": asMultiThreshold1,
  "Multisig.as_multi": asMulti,
  "Multisig.approve_as_multi": approveAsMulti,
  "Registry.set_policy": setPolicy,
  "Registry.register_worker": registerWorker,
  "Registry.deregister_worker": deregisterWorker,
  "Execution.push_command": pushCommand,
  "Execution.note_command": ({ deposit }, who, { contract_id, payload }: PushCommand) =>
    deposit("Execution", "CommandNoted", { who, contract_id, payload, number: 0 }),
};

/** Dispatches a call in the name of an account (0x-hex). @throws {@link DispatchFailure} */
export function dispatch(context: Context, who: string, call: RuntimeCall): void {
  const handler = handlers[`${call.type}.${call.value.type}`];
  if (handler === undefined) throw new DispatchFailure({ type: "BadOrigin", value: undefined }); // inherents are nobody's to sign
  handler(context, who, call.value.value as never);
}

interface PushCommand {
  readonly contract_id: number;
  readonly payload: Uint8Array;
}

function pushCommand(
  { runtime, storage, deposit }: Context,
  who: string,
  { contract_id, payload }: PushCommand,
): void {
  if (payload.length > runtime.maxPayload)
    throw new DispatchFailure(runtime.codecs.moduleError("Execution", "PayloadTooLarge"));
  const number = storage.get("Execution.CommandNumber");
  storage.put("Execution.CommandNumber", number + 1);
  deposit("Execution", "CommandPushed", { who, contract_id, payload, number });
}
