/**
 * Compares what hosts can tell. Several workers live through the same story, each with another case of every
 * command and request. Any difference between the records of their hosts is a leak.
 */
import type { ChannelKind } from "@pruntime/core/channel";
import type { Json } from "@pruntime/core/json";
import { type BuiltIn, builtIns, dataPlaza } from "@pruntime/interfaces";
import { answerRows } from "./answers.ts";
import { type Case, type Compared, comparisons, receipted, setup } from "./cases.ts";
import { type FileCase, fileCases } from "./files.ts";
import type { Row } from "./row.ts";
import { RecordedWorker } from "./worker.ts";

/** What a host recorded of one case, line by line. */
interface Recorded {
  readonly name: string;
  readonly cases: number;
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
      const { name, contract, cases } = compared;
      records.push({
        name: `${compared.kind} ${contract.name}.${name}`,
        cases: cases.length,
        what: one.what,
        lines: await worker.host.recorded(),
      });
    }
    if (contracts.includes(dataPlaza)) records.push(await files(worker, number));
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

/** Exchanges the sealed files of an order, and takes a dump. */
async function files(worker: RecordedWorker, number: number): Promise<Recorded> {
  const one = fileCases[number % fileCases.length] as FileCase;
  const rows = await worker.join(one);
  if (rows !== one.rows) throw new Error(`${one.what}: the result is ${rows}`);
  await worker.dump();
  return {
    name: "sealed files of DataPlaza",
    cases: fileCases.length,
    what: one.what,
    lines: await worker.host.recorded(),
  };
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
  const { name, cases } = first;
  const differences = others.flatMap((other) => differenceOf(first, other) ?? []);
  return {
    name,
    cases,
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
