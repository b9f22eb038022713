/**
 * What an observer can tell from messages, logs and metrics. Ciphertexts, hashes, keys and signatures look
 * random, so only their lengths tell something. All other content is kept as it is. Times are left out.
 */
import type { FromEnclave, ToEnclave } from "@pruntime/api/frames";
import { encodeFromEnclave, encodeToEnclave } from "@pruntime/api/frames";
import { fromUtf8 } from "@pruntime/core/bytes";

/** What a host can tell from a message to the enclave. */
export function viewOfCall(message: ToEnclave): string {
  const bytes = encodeToEnclave(message).length;
  if (message.kind === "boot") return `boot, ${bytes} bytes`;
  return `call ${message.action}, ${bytes} bytes: ${viewOfText(fromUtf8(message.body))}`;
}

/** What a host can tell from a message of the enclave. The cost class is left out, because it is a time. */
export function viewOfAnswer(message: FromEnclave): string {
  const bytes = encodeFromEnclave(message).length;
  switch (message.kind) {
    case "reply": {
      const { status, code = "no code", body, statement, puts, drops } = message;
      const blobs = puts.map((blob) => `${blob.key} ${blob.bytes.length}`);
      return (
        `reply, ${bytes} bytes: ${status}, ${code}, ${viewOfText(fromUtf8(body))}, ` +
        `statement ${statement?.bytes.length}, stored [${blobs.join()}], deleted [${drops.join()}]`
      );
    }
    case "log":
      return `log, ${bytes} bytes: ${message.level} ${message.code} ${JSON.stringify(message.facts)}`;
    case "ready":
      return `ready, ${bytes} bytes`;
    case "progress":
      return "progress";
  }
}

/** What a reader of the gateway's log can tell from a line. */
export function viewOfLogLine(line: string): string {
  const { time, pid, ms, ...facts } = JSON.parse(line) as Record<string, unknown>;
  return `log line ${JSON.stringify(facts)}`;
}

/** The metrics that changed from one reading to the next, except for durations, ages and memory. */
export function viewOfMetrics(before: string, after: string): string[] {
  const old = new Map(samplesOf(before));
  return samplesOf(after)
    .filter(([name, value]) => !/duration|_age_|_memory_/.test(name) && old.get(name) !== value)
    .map(([name, value]) => `metric ${name} +${value - (old.get(name) ?? 0)}`);
}

function samplesOf(text: string): (readonly [name: string, value: number])[] {
  return text
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ") + 1))]);
}

/** Text with every part that looks random replaced by its length. */
function viewOfText(text: string): string {
  return text.replace(/[A-Za-z0-9+/=]{16,}/g, (random) => `<${random.length}>`);
}
