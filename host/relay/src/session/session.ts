/**
 * One session with a node. It advances the worker to the node's finalized head, and then waits for the next
 * finalized block.
 */
import { from0x } from "@pruntime/core/bytes";
import { HeaderChain } from "../finality/headers.ts";
import { subscribeIfOffered } from "../node/subscribe.ts";
import { Bell } from "./bell.ts";
import type { OpenSession, Session } from "./context.ts";
import { withPatience } from "./patience.ts";
import { pause } from "./pause.ts";
import { StagedTip } from "./staged-tip.ts";
import { syncStep } from "./step.ts";

const idlePollMs = 2_000;

/** Runs until the signal aborts. @throws {@link RelayError} */
export async function runSession(session: Session): Promise<void> {
  const { node, para, worker, registrar, signal } = session;
  const bell = new Bell();
  const open = await subscribe(session, bell);
  const step = withPatience(open, () => syncStep(open));
  const stop = (): void => node.connection.close();
  signal.addEventListener("abort", stop, { once: true });
  try {
    while (!signal.aborted) {
      bell.reset();
      if (await step()) continue;
      void registrar?.look((para ?? session).node, worker);
      await Promise.race([bell.rung, pause(idlePollMs, signal), node.connection.closed]);
    }
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/**
 * Subscribes to the node. The bell rings at each finalized block and at each justification. The session keeps
 * the latest justification that the node has announced.
 */
async function subscribe(session: Session, bell: Bell): Promise<OpenSession> {
  const { node, para, capabilities } = session;
  let latest: Uint8Array | undefined;
  await subscribeIfOffered(node.connection, "chain_subscribeFinalizedHeads", () => bell.ring());
  await subscribeIfOffered(node.connection, "grandpa_subscribeJustifications", (result) => {
    if (typeof result !== "string") return;
    latest = from0x(result);
    bell.ring();
  });
  return {
    ...session,
    sources: { node, capabilities, chain: new HeaderChain(node), announced: () => latest },
    stagedTip: new StagedTip(),
    paraChain: para && new HeaderChain(para.node),
  };
}
