/**
 * Sends `sync_header`: a stretch of headers with the justification that proves it. If one call cannot carry
 * the stretch, sends its first headers ahead with `stage_header`.
 */
import { type BlockName, stageHeader, syncHeader } from "@pruntime/api";
import { encodeHeaderToSync } from "@pruntime/core/bridge-2020";
import { fromHex, toBase64, toHex } from "@pruntime/core/bytes";
import { RelayError, wasRefused } from "../error.ts";
import { type Ahead, nextStretch, type Stretch } from "../finality/stretch.ts";
import type { OpenSession } from "./context.ts";

/**
 * How far back the relay searches for a change of authorities that the worker expects.
 * @limit blocks
 * @source chosen
 * @past the refusal of the worker stands
 */
const maxLookBack = 4_096;

/**
 * Sends headers after the worker's latest finalized block, or after its latest staged block.
 * @param target the node's finalized head
 */
export async function sendHeaders(
  session: OpenSession,
  finalized: BlockName,
  staged: BlockName | undefined,
  target: number,
): Promise<boolean> {
  const { node, sources, options, stagedTip } = session;
  const size = options.headersPerCall;
  const last = await stagedTip.last(node, finalized, staged, target);
  const stretch = await nextStretch(sources, {
    from: last.number + 1,
    parent: fromHex(last.hash),
    finalized: target,
    count: size.size,
    horizon: options.headersPerProof,
    longest: size.reduced ? size.size : options.headersPerProof,
  });
  try {
    await (stretch.source === "ahead" ? sendAhead(session, stretch) : sendProven(session, stretch));
  } catch (error) {
    if (!isAboutHeaders(error)) throw error;
    const retries = lookBackFarther(session, error);
    if (!stagedTip.reset() && !retries) throw error;
  }
  return true;
}

async function sendAhead(
  { worker, progress, stats, stagedTip }: OpenSession,
  { headers }: Ahead,
): Promise<void> {
  const [first, last] = [headers[0], headers.at(-1)];
  if (first === undefined || last === undefined) return;
  await worker.call(stageHeader, { headers_b64: headers.map(({ encoded }) => toBase64(encoded)) });
  stagedTip.sent({ number: last.number, hash: toHex(last.hash) });
  stats.headers += headers.length;
  progress.staged(first.number, last.number);
}

async function sendProven({ worker, progress, stats }: OpenSession, stretch: Stretch): Promise<void> {
  const from = stretch.headers[0]?.number ?? 0;
  const { synced_to } = await worker.call(syncHeader, {
    headers_b64: headersToSync(stretch),
    authority_set_change_b64: null,
  });
  stats.proofs[stretch.source]++;
  stats.headers += synced_to - from + 1;
  progress.synced(from, synced_to);
}

/** Whether the worker refused the headers themselves, or had no room to stage them. */
function isAboutHeaders(error: unknown): boolean {
  return (
    error instanceof RelayError &&
    error.detail.code === "relay/worker-refused" &&
    error.detail.reason.startsWith("headers/")
  );
}

/**
 * Makes the next step look back farther, if the worker knows of a change of authorities that the relay does
 * not know. Such a change was announced before the headers that the relay read.
 */
function lookBackFarther({ capabilities, sources }: OpenSession, error: unknown): boolean {
  if (!wasRefused(error, "headers/beyond-set-change") || capabilities.lookBack >= maxLookBack) return false;
  capabilities.lookBack *= 8;
  sources.chain.forgetSeen();
  return true;
}

/** Encodes the headers. Only the last header has a justification. */
function headersToSync({ headers, justification }: Stretch): string[] {
  return headers.map(({ encoded: encodedHeader }, i) =>
    toBase64(
      encodeHeaderToSync({
        encodedHeader,
        justification: i === headers.length - 1 ? justification : undefined,
      }),
    ),
  );
}
