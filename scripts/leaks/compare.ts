/**
 * Compares what hosts can tell. Several workers live through the same story, each with another case of every
 * command and request. Any difference between the records of their hosts is a leak.
 */
import type { ChannelKind } from "@pruntime/core/channel";
import type { Json } from "@pruntime/core/json";
import { type BuiltIn, builtIns } from "@pruntime/interfaces";
import { answerRows } from "./answers.ts";
import { type Case, type Compared, comparisons, receipted, setup } from "./cases.ts";
import type { Row } from "./row.ts";
import { RecordedWorker } from "./worker.ts";

/** What a host recorded of one case, line by line. */
interface Recorded {
  readonly compared: Compared;
  readonly what: string;
  readonly lines: readonly string[];
}

/** How many workers run at the same time. */
const atOnce = 2;

/** Compares all cases of every command and request of these contracts, over one kind of channel. */
export async function compareAll(
  kind: ChannelKind,
  contracts: readonly BuiltIn[] = builtIns,
): Promise<readonly Row[]> {
  const all = comparisons(contracts, { paid: "", refused: "" });
  const count = Math.max(...all.map(({ cases }) => cases.length));
  const stories: (readonly Recorded[])[] = [];
  for (let first = 0; first < count; first += atOnce) {
    const last = Math.min(count, first + atOnce);
    const numbers = Array.from({ length: last - first }, (_, i) => first + i);
    stories.push(...(await Promise.all(numbers.map((number) => story(kind, contracts, number)))));
  }
  const [one = []] = stories;
  const rows = one.map((_, i) => rowOf(stories.map((records) => records[i] as Recorded)));
  return [...answerRows(kind, contracts), ...rows];
}

/** Runs one worker's story: of every command and request, the case with this number. */
async function story(
  kind: ChannelKind,
  contracts: readonly BuiltIn[],
  number: number,
): Promise<readonly Recorded[]> {
  const worker = await RecordedWorker.start(kind);
  try {
    for (const sent of setup) await worker.send(sent);
    const keys = { paid: await worker.send(receipted.paid), refused: await worker.send(receipted.refused) };
    await worker.ask(2, "TotalIssuance", undefined); // the client's first query also asks for the status
    await worker.host.recorded();
    const records: Recorded[] = [];
    for (const compared of comparisons(contracts, keys)) {
      const one = compared.cases[number % compared.cases.length] as Case;
      const ending = await (compared.kind === "command"
        ? command(worker, compared, one)
        : worker.ask(one.contract, one.message, one.by));
      if (kind === "v2") requireEnding(compared, one, ending);
      records.push({ compared, what: one.what, lines: await worker.host.recorded() });
    }
    return records;
  } finally {
    await worker.close();
  }
}

/** Sends a command, and asks for what may depend on it: a dump, the status and the receipt. */
async function command(worker: RecordedWorker, { contract }: Compared, { by, ...one }: Case): Promise<Json> {
  const sender = by ?? "Alice";
  const key = await worker.send({ ...one, by: sender }, contract.id);
  await worker.dump();
  await worker.host.call("get_status", {});
  return await worker.ask(0, { QueryReceipt: { tx_hash: key } }, sender);
}

function requireEnding({ kind, name }: Compared, { what, ending }: Case, have: Json): void {
  const shown = JSON.stringify(have);
  const wanted =
    ending === undefined
      ? ""
      : kind === "command"
        ? `"status":"${ending}"`
        : ending === "answer"
          ? `{"${name}":`
          : ending;
  if (!shown.includes(wanted)) throw new Error(`${name}, ${what}: ends with ${shown}`);
}

function rowOf(records: readonly Recorded[]): Row {
  const [first, ...others] = records as [Recorded, ...Recorded[]];
  const { contract, name, kind, cases } = first.compared;
  const differences = others.flatMap((other) => differenceOf(first, other) ?? []);
  return {
    name: `${kind} ${contract.name}.${name}`,
    cases: cases.length,
    bytes: first.lines.reduce((sum, line) => sum + Number(/, ([0-9]+) bytes/.exec(line)?.[1] ?? 0), 0),
    difference: differences[0],
  };
}

function differenceOf(a: Recorded, b: Recorded): string | undefined {
  const length = Math.max(a.lines.length, b.lines.length);
  for (let i = 0; i < length; i++) {
    const [left = "nothing", right = "nothing"] = [a.lines[i], b.lines[i]];
    if (left !== right) return `${a.what}: ${left}\n${b.what}: ${right}`;
  }
  return undefined;
}
