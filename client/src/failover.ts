/**
 * Asks one replica of a worker after another until one answers. Replicas have the same key agreement key, by
 * handover, and so the same state: the first answer is as good as any other.
 */
import { ProtocolError } from "@pruntime/core/errors";
import { ClientError, type ClientErrorDetail } from "./error.ts";
import { blockTimeMs, maxBlocksToWait, sleep as usualSleep } from "./wait.ts";

/**
 * Makes the attempts in order, and returns the first result. If none succeeds, but a replica is only behind
 * or busy with others, waits and begins again, at most three times and each time at most one block time.
 * @throws the error of a single attempt; an error that no other replica would avoid, such as a sealed refusal
 * or `client/forked`; {@link ClientError} `client/no-worker`
 */
export async function firstAnswer<T>(
  attempts: readonly (() => Promise<T>)[],
  sleep: (ms: number) => Promise<void> = usualSleep,
): Promise<T> {
  for (let waits = 0; ; waits++) {
    const failures: ProtocolError[] = [];
    for (const attempt of attempts) {
      try {
        return await attempt();
      } catch (error) {
        if (!isAboutReplica(error)) throw error;
        failures.push(error);
      }
    }
    const single = attempts.length === 1;
    const pauses = failures.flatMap((error) => pauseAfter(error, single) ?? []);
    if (waits === maxBlocksToWait || pauses.length === 0)
      throw single
        ? failures[0]
        : new ClientError({ code: "client/no-worker", reasons: failures.map(reasonOf) });
    await sleep(Math.min(...pauses));
  }
}

/** What the query, its caller or the chain cause. Another replica would not avoid it. */
const standing: readonly ClientErrorDetail["code"][] = [
  "client/forked",
  "client/not-final",
  "client/finality-unknown",
  "client/cannot-sign",
  "client/node-on-other-chain",
  "client/node-unreachable",
  "client/node-refused",
  "client/node-answer-too-large",
];

/** Whether another replica may answer. A worker seals its refusal of a query, except if it has restarted. */
function isAboutReplica(error: unknown): error is ProtocolError {
  if (!(error instanceof ProtocolError)) return false;
  if (!(error instanceof ClientError)) return true;
  const { detail } = error;
  if (detail.code !== "client/refused") return !standing.includes(detail.code);
  return detail.status !== 200 || leavesUnused(error);
}

/** Whether the worker has sealed a refusal after which it still answers the same signed query once. */
export function leavesUnused(error: unknown): boolean {
  const { detail } = error instanceof ClientError ? error : {};
  if (detail?.code !== "client/refused" || detail.status !== 200) return false;
  return ["query/ahead", "query/over-share"].includes(detail.reason);
}

/**
 * After how many milliseconds the replica may answer; `undefined` if waiting does not help. The transport of
 * a single worker has already waited for a worker below its mark.
 */
function pauseAfter(error: ProtocolError, single: boolean): number | undefined {
  const { detail } = error instanceof ClientError ? error : {};
  if (detail?.code !== "client/refused") return undefined;
  if (detail.reason === "query/over-share") return Math.min(detail.retryMs ?? blockTimeMs, blockTimeMs);
  const behind = detail.reason === "query/ahead" || (!single && detail.reason === "runtime/below-mark");
  return behind ? blockTimeMs : undefined;
}

/** The worker's code if it refused the call, and otherwise the error's own code. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof ProtocolError)) return "";
  const { detail } = error instanceof ClientError ? error : {};
  return detail?.code === "client/refused" ? detail.reason : error.code;
}
