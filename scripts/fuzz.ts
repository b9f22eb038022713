/**
 * `npm run fuzz -- [target…] [--minutes N] [--seed S]`: fuzzes each target for an equal share of the time (by
 * default, one minute per target). The exit code is 1 if there was a finding. `--replay file` runs one input.
 * `--corpus` only writes the corpus of genuine inputs again. `--unguided` fuzzes without measuring coverage.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { judge } from "../fuzz/check.ts";
import { loadTarget, readCorpus, saveFinding, targetNames, writeCorpus } from "../fuzz/corpus.ts";
import { fuzz, type Report } from "../fuzz/engine.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: "string" },
    seed: { type: "string" },
    replay: { type: "string" },
    corpus: { type: "boolean", default: false },
    unguided: { type: "boolean", default: false },
  },
});
const known = targetNames();
for (const name of positionals)
  if (!known.includes(name)) fail(`no target ${name}; the targets are ${known.join(", ")}`);
const names = positionals.length === 0 ? known : positionals;
const seed = whole("--seed", values.seed ?? String(Date.now() % 2 ** 32));
const minutes = Number(values.minutes ?? names.length);
if (!(minutes > 0)) fail("--minutes must be a number above 0");

if (values.corpus) await makeCorpus();
else if (values.replay !== undefined) await replay(values.replay);
else await fuzzAll();
process.exit();

async function fuzzAll(): Promise<void> {
  for (const name of names) {
    const target = await loadTarget(name);
    const report = fuzz(name, target, [...readCorpus(name).values()], {
      seed,
      maxMs: (minutes * 60_000) / names.length,
      guided: !values.unguided,
      onProgress: (soFar) => say(name, soFar),
      onFinding: (finding) => {
        process.exitCode = 1;
        process.stdout.write(
          `${name}: ${finding.kind}: ${finding.detail}\n  kept as ${saveFinding(name, seed, finding)}\n`,
        );
      },
    });
    say(name, report, "done");
  }
}

function say(
  name: string,
  { iterations, seconds, corpus, reached, outcomes, findings }: Report,
  mark = "…",
): void {
  const rate = `${iterations} inputs in ${seconds.toFixed(0)} s, ${(iterations / seconds).toFixed(0)}/s`;
  const share = (100 * (outcomes.get("accepted") ?? 0)) / Math.max(1, iterations);
  const accepted = `${share.toFixed(1)} % accepted, ${outcomes.size} outcomes`;
  const found = `corpus ${corpus}, ${reached} characters reached, ${findings.length} findings`;
  process.stdout.write(`${name.padEnd(18)} ${mark} seed ${seed}: ${rate}; ${accepted}; ${found}\n`);
}

async function makeCorpus(): Promise<void> {
  for (const name of names) {
    const inputs = await (await loadTarget(name)).genuine();
    writeCorpus(name, inputs);
    process.stdout.write(`${name}: ${Object.keys(inputs).length} inputs\n`);
  }
}

async function replay(path: string): Promise<void> {
  const [name, ...others] = positionals;
  if (name === undefined || others.length > 0) fail("--replay needs exactly one target");
  const { outcome, ms, finding } = judge(await loadTarget(name), Uint8Array.from(readFileSync(path)));
  if (finding !== undefined) process.exitCode = 1;
  process.stdout.write(`${outcome} in ${ms.toFixed(2)} ms\n`);
  if (finding !== undefined) process.stdout.write(`${finding.kind}: ${finding.detail}\n`);
}

function whole(name: string, text: string): number {
  if (!/^[0-9]{1,10}$/.test(text)) fail(`${name} must be a whole number`);
  return Number(text);
}

function fail(message: string): never {
  process.stderr.write(`fuzz: ${message}\n`);
  process.exit(2);
}
