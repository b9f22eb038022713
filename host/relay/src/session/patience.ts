/** Waits for finality proofs. Some nodes prove each block soon after finality, others only some blocks. */
import { RelayError, type RelayErrorDetail } from "../error.ts";
import type { OpenSession } from "./context.ts";

/**
 * Makes a step that treats a missing proof as "nothing to do yet", until the session's patience ends. The
 * patience does not end if the relay has only one node and that node offers no GRANDPA methods, because the
 * node's next proof may be an hour away.
 * @throws {@link RelayError} `relay/no-proof`, `relay/no-stored-proof` when the proof has been missing for
 * `proofPatienceMs`
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
      const missing = missingProof(error);
      if (missing === undefined) throw error;
      const unhurried = missing.code === "relay/no-stored-proof" && options.onlyNode;
      if (waitingSince === undefined) progress.note(noteOf(missing));
      waitingSince ??= Date.now();
      if (!unhurried && Date.now() - waitingSince > options.proofPatienceMs) throw error;
      return false;
    }
  };
}

type MissingProof = Extract<RelayErrorDetail, { code: "relay/no-proof" | "relay/no-stored-proof" }>;

function missingProof(error: unknown): MissingProof | undefined {
  if (!(error instanceof RelayError)) return undefined;
  const { detail } = error;
  return detail.code === "relay/no-proof" || detail.code === "relay/no-stored-proof" ? detail : undefined;
}

function noteOf({ code, from }: MissingProof): string {
  const waiting = `waiting for a finality proof of block ${from}`;
  return code === "relay/no-proof"
    ? waiting
    : `${waiting} or a later one: the node offers no grandpa_* methods, so it has proofs only at changes ` +
        "of authorities and at intervals, usually of 512 blocks";
}
