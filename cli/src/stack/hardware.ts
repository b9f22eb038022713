/** Options of `pruntime worker` for its hardware, and for the services that endorse that hardware. */
import { type Provider, providerNames, providers, type SealingSource, sealingSources } from "@pruntime/api";
import type { EvidenceOptions, GatewayOptions } from "@pruntime/gateway";
import type { Command } from "commander";
import { CliError } from "../error.ts";
import { oneOf, wholeNumber } from "../terminal/arguments.ts";
import { maxLineBytes, readText } from "../terminal/file.ts";

/** The options as commander returns them. */
export interface HardwareFlags {
  readonly attest?: Provider;
  readonly attestRoot?: string;
  readonly seal?: SealingSource;
  readonly production?: boolean;
  readonly enclaveHeap?: number;
  readonly channelV1?: boolean;
  readonly launch?: string;
  readonly pccs?: string;
  readonly kds?: string;
  readonly ias?: string;
  readonly iasSpid?: string;
  readonly iasKeyFile?: string;
}

/** Adds the options of {@link HardwareFlags}. */
export function withHardware(command: Command): Command {
  return command
    .option(
      "--attest <provider>",
      `what makes the evidence: ${providerNames.join(", ")}`,
      oneOf<Provider>("--attest", providerNames),
    )
    .option("--attest-root <path>", "folder or socket to use in place of the hardware's own, for experiments")
    .option(
      "--seal <source>",
      "where the sealing key comes from: hardware, ephemeral (not stored), development (publicly known)",
      oneOf<SealingSource>("--seal", sealingSources),
    )
    .option(
      "--production",
      "refuse simulation, stand-ins for hardware and the development sealing key",
      false,
    )
    .option(
      "--enclave-heap <mib>",
      "heap of the enclave's process in MiB, half of which may be contract state (default: chosen by Node)",
      wholeNumber("--enclave-heap", 64, 1 << 20),
    )
    .option(
      "--channel-v1",
      "with --production: accept an anchor that lets workers run commands of channel v1, as in 2020; " +
        "an account that copies such a command can learn what it says",
    )
    .option(
      "--launch <command>",
      "a command that starts the enclave in a TEE, such as `gramine-sgx enclave`; " +
        "the TEE's manifest sets the other options",
    )
    .option(
      "--pccs <url>",
      "where Intel's collateral comes from: a PCCS, or Intel itself (default)",
      url("--pccs"),
    )
    .option("--kds <url>", "where AMD's certificates come from (default: AMD itself)", url("--kds"))
    .option("--ias <url>", "Intel's attestation service of 2020, which is retired; for replays", url("--ias"))
    .option("--ias-spid <hex>", "the service provider id for --ias")
    .option(
      "--ias-key-file <file>",
      "a file with the subscription key for --ias; default: the key in the variable PRUNTIME_IAS_KEY",
    );
}

/** Returns the gateway's options for these flags. @throws {@link CliError} `cli/bad-argument` */
export function hardwareOf(flags: HardwareFlags): Pick<GatewayOptions, "hardware" | "launcher" | "evidence"> {
  const { attest, attestRoot, seal, production = false, channelV1 = false, enclaveHeap, launch } = flags;
  const evidence = evidenceOf(flags);
  if (launch !== undefined) {
    const [command, ...args] = launch.split(" ").filter((word) => word !== "");
    if (
      command === undefined ||
      attest !== undefined ||
      attestRoot !== undefined ||
      seal !== undefined ||
      enclaveHeap !== undefined ||
      production ||
      channelV1
    )
      throw new CliError({
        code: "cli/bad-argument",
        name: "--launch",
        want: "a command, given without --attest, --seal, --enclave-heap, --production and --channel-v1",
      });
    return { launcher: [command, ...args], evidence };
  }
  const hardware = {
    production,
    channelV1,
    ...(attest === undefined ? {} : { provider: attest }),
    ...(attestRoot === undefined ? {} : { root: attestRoot }),
    ...(seal === undefined ? {} : { sealing: seal }),
    ...(enclaveHeap === undefined ? {} : { heapMib: enclaveHeap }),
  };
  return { hardware, evidence };
}

function evidenceOf({ pccs, kds, ias, iasSpid, iasKeyFile }: HardwareFlags): EvidenceOptions {
  const urls = {
    ...(pccs === undefined ? {} : { pccsUrl: pccs }),
    ...(kds === undefined ? {} : { kdsUrl: kds }),
  };
  if (ias === undefined) return urls;
  const key =
    iasKeyFile === undefined ? process.env["PRUNTIME_IAS_KEY"] : readText(iasKeyFile, maxLineBytes).trim();
  const spid = iasSpid?.toLowerCase() ?? "";
  if (!/^[0-9a-f]{32}$/.test(spid) || key === undefined)
    throw new CliError({
      code: "cli/bad-argument",
      name: "--ias",
      want: "given with --ias-spid (16 bytes of hex) and --ias-key-file",
    });
  return { ...urls, ias: { baseUrl: ias, spid, key } };
}

/** Describes in words how the worker is protected. */
export function protectionOf({ attest = "simulated", attestRoot, launch }: HardwareFlags): string {
  if (launch !== undefined) return "see the evidence that its launcher makes";
  if (!hasHardware(attest)) return "simulated: it protects nothing from this machine";
  return attestRoot === undefined
    ? `attested by ${attest}`
    : `${attest} from a stand-in for the hardware: it protects nothing from this machine`;
}

/** Whether the worker's evidence is simulated, because the options name no hardware. */
export function isSimulated({ attest = "simulated", launch }: HardwareFlags): boolean {
  return launch === undefined && !hasHardware(attest);
}

function hasHardware(provider: Provider): boolean {
  return providers[provider].access !== "nothing";
}

function url(name: string): (text: string) => string {
  return (text) => {
    if (!URL.canParse(text) || !/^https?:/.test(text))
      throw new CliError({ code: "cli/bad-argument", name, want: "an http(s) address" });
    return text;
  };
}
