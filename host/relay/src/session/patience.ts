/**
 * Waits for finality proofs. Some nodes can prove a finalized block a moment later, and others prove only
 * some blocks.
 */
import { RelayError } from "../error.ts";
import type { OpenSession } from "./context.ts";

/**
 * Returns a step that runs `step`, but treats a missing proof as "nothing to do yet" until the session's
 * patience ends.
 * @throws {@link RelayError} `relay/no-proof` once the proof has been missing for `proofPatienceMs`
 */
export function withPatience(session: OpenSession, step: () => Promise<boolean>): () => Promise<boolean> {
  const { options, progress } = session;
  let waitingSince: number | undefined;
  return async () => {
    try {
      const more = await step();
      waitingSince = undefined;
      return more;
    } catch (error) {
      if (!(error instanceof RelayError) || error.detail.code !== "relay/no-proof") throw error;
      if (waitingSince === undefined)
        progress.note(`waiting for a finality proof of block ${error.detail.from}`);
      waitingSince ??= Date.now();
      if (Date.now() - waitingSince > options.proofPatienceMs) throw error;
      return false;
    }
  };
}
