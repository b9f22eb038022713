/** `pruntime doctor`: reports which hardware this machine can use for attestation, and what is missing. */
import type { Command } from "commander";
import { type Diagnosis, examine } from "../doctor/examine.ts";
import { Machine } from "../doctor/machine.ts";
import { type OutputOptions, printResult, runAction } from "../terminal/output.ts";
import { withJson } from "../worker/connect.ts";

interface DoctorOptions extends OutputOptions {
  readonly root: string;
  readonly pccs?: string;
}

/** Adds `pruntime doctor`. */
export function registerDoctor(program: Command): void {
  withJson(program.command("doctor"))
    .description(
      "report this machine's attestation hardware, and what is missing; exit code 1 if no worker can run",
    )
    .option("--root <folder>", "read files below this folder, such as a copy of another machine's files", "/")
    .option("--pccs <url>", "the PCCS that you intend to use", process.env["PRUNTIME_PCCS"])
    .addHelpText(
      "after",
      "\nIt only reads files: it requests no evidence, writes nothing and sends nothing." +
        "\n\nExample:\n  $ pruntime doctor",
    )
    .action((options: DoctorOptions) => runAction(options, async () => diagnose(options)));
}

function diagnose(options: DoctorOptions): void {
  const flags = process.allowedNodeEnvironmentFlags;
  const hasPermissions = flags.has("--permission") || flags.has("--experimental-permission");
  const diagnosis = examine(
    new Machine(options.root),
    { version: process.versions.node, hasPermissions },
    options.pccs,
  );
  printResult(options, diagnosis, words(diagnosis), diagnosis.node.suits);
}

function words({ node, findings, ways, advice, unknown }: Diagnosis): readonly string[] {
  const marks = { present: "+", absent: "-", unusable: "!" };
  return [
    `${node.suits ? "+" : "!"} ${node.said}`,
    ...findings.map(({ what, path, state, said }) => `${marks[state]} ${what} (${path}): ${said}`),
    "",
    "Evidence that this machine may make:",
    ...ways.map(({ provider, works, said }) => `  ${provider}: ${works}; ${said}`),
    "",
    "What files cannot show:",
    ...unknown.map((line) => `  - ${line}`),
    "",
    "Advice:",
    ...advice.map((line) => `  - ${line}`),
  ];
}
