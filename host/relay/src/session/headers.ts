/** Sends `sync_header`: a stretch of headers with the justification that proves it. */
import { syncHeader } from "@pruntime/api";
import { encodeHeaderToSync } from "@pruntime/core/bridge-2020";
import { toBase64 } from "@pruntime/core/bytes";
import { wasRefused } from "../error.ts";
import { nextStretch, type Stretch } from "../finality/stretch.ts";
import type { OpenSession } from "./context.ts";

const maxLookBack = 4_096;

/**
 * Sends block `from`'s header and the headers after it, up to a proven one. Returns true.
 * @param parent the hash of the block before `from`
 * @param finalized the node's finalized head
 */
export async function sendHeaders(
  session: OpenSession,
  from: number,
  parent: Uint8Array,
  finalized: number,
): Promise<boolean> {
  const { worker, progress, stats, sources, capabilities, options } = session;
  const stretch = await nextStretch(sources, { from, parent, finalized, count: options.headersPerCall.size });
  try {
    const { synced_to } = await worker.call(syncHeader, {
      headers_b64: headersToSync(stretch),
      authority_set_change_b64: null,
    });
    stats.proofs[stretch.source]++;
    stats.headers += synced_to - from + 1;
    progress.synced(from, synced_to);
  } catch (error) {
    if (!wasRefused(error, "headers/beyond-set-change") || capabilities.lookBack >= maxLookBack) throw error;
    capabilities.lookBack *= 8; // the change was announced before the headers that the relay read
    sources.chain.forgetSeen();
  }
  return true;
}

/** Encodes the headers. Only the last one has a justification. */
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
