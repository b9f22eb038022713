import { query } from "@pruntime/api";

/**
 * What the host sees of a query. `answered`: the enclave answered, perhaps with a sealed refusal. `refused`:
 * the gateway or the enclave refused the query in clear. `timed-out`: the query waited for too long, or the
 * enclave was silent for too long. `failed`: there was no enclave, or the enclave or the gateway failed.
 * `abandoned`: the caller did not wait for the reply.
 */
export const queryOutcomes = ["answered", "refused", "timed-out", "failed", "abandoned"] as const;

/** How a query ended. */
export type QueryOutcome = (typeof queryOutcomes)[number];

/** The code with which logs and metrics show a request whose caller has disconnected. */
export const abandonedCode = "abandoned";

const byCode: Readonly<Record<string, QueryOutcome>> = {
  ok: "answered",
  [abandonedCode]: "abandoned",
  "http/busy": "timed-out",
  "http/enclave-timeout": "timed-out",
  "http/enclave-down": "failed",
  "http/store-failed": "failed",
  "http/internal": "failed",
  "enclave/bug": "failed",
  "enclave/reply-too-large": "failed",
};

/**
 * The outcome of a request; `undefined` if it is not a query. `code` is the reply's code, "ok", or
 * {@link abandonedCode}.
 */
export function queryOutcome(action: string, code: string): QueryOutcome | undefined {
  return action === query.name ? (byCode[code] ?? "refused") : undefined;
}
