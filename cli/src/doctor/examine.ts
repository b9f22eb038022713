/**
 * Examines which hardware a machine can use for attestation. Files show that a driver or a service exists,
 * not that it works. Only a request for evidence shows that it works, and only a verification on another
 * machine shows that the evidence is genuine.
 */
import type { Provider } from "@pruntime/api";
import { absent, type Finding, present, unusable } from "./finding.ts";
import type { Machine } from "./machine.ts";
import { findProvider, usefulProviders, wordsFor } from "./providers.ts";

/** The Node.js in which the enclave would run. */
export interface NodeFacts {
  /** The version in `process.versions.node`. */
  readonly version: string;
  /** Whether Node.js has the permission flag, under either of the flag's two names. */
  readonly hasPermissions: boolean;
}

/** One way to make evidence. */
export interface Way {
  readonly provider: Provider;
  /**
   * `yes`: no hardware is needed. `perhaps`: the doctor found the provider, but did not ask it for evidence.
   */
  readonly works: "yes" | "perhaps" | "no";
  readonly said: string;
}

/** Everything that the doctor reports. */
export interface Diagnosis {
  readonly node: { readonly version: string; readonly suits: boolean; readonly said: string };
  readonly findings: readonly Finding[];
  readonly ways: readonly Way[];
  readonly advice: readonly string[];
  /** Questions that files cannot answer. */
  readonly unknown: readonly string[];
}

/** Examines a machine. `pccsUrl` is the collateral service that the operator wants to use. */
export function examine(machine: Machine, node: NodeFacts, pccsUrl: string | undefined): Diagnosis {
  const findings = [
    ...usefulProviders.map((provider) => findProvider(machine, provider)),
    device(machine, "tdx-guest", "/dev/tdx_guest", "this is a TDX guest"),
    device(machine, "sev-guest", "/dev/sev-guest", "this is an SEV-SNP guest"),
    device(machine, "sgx", "/dev/sgx_enclave", "enclaves can be started here, by Gramine for example"),
    aesm(machine),
    device(
      machine,
      "tpm",
      "/dev/tpmrm0",
      "a TPM, or a cloud's virtual TPM: no worker makes evidence with it",
    ),
    collateral(machine, pccsUrl),
  ];
  const suits = isRecent(node.version) && node.hasPermissions;
  const states = new Map(findings.map(({ what, state }) => [what, state]));
  return {
    node: { version: node.version, suits, said: nodeWords(node) },
    findings,
    ways: waysOf(states),
    advice: adviceOf(machine, suits, states),
    unknown: [
      "whether the hardware makes evidence: only a request for evidence shows that",
      "whether that evidence is genuine and current: `pruntime verify attestation` elsewhere shows that",
      "whether an attacker has opened the machine: no evidence shows attacks on its memory bus",
      "which firmware, microcode and Intel or AMD certificates the machine has",
    ],
  };
}

const leastNode: readonly [number, number] = [20, 19];

function isRecent(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > leastNode[0] || (major === leastNode[0] && minor >= leastNode[1]);
}

function nodeWords({ version, hasPermissions }: NodeFacts): string {
  if (!isRecent(version)) return `Node ${version} is too old: ${leastNode.join(".")} or later is needed`;
  return hasPermissions
    ? `Node ${version}, with the permission flags that the enclave's process needs`
    : `Node ${version} has no permission flags: the enclave could open files and start processes`;
}

function device(machine: Machine, what: string, path: string, meaning: string): Finding {
  if (machine.kindOf(path) === undefined) return absent(what, path, "no such device");
  return machine.isOpen(path)
    ? present(what, path, meaning)
    : unusable(what, path, `${meaning}; this user may not open it`);
}

/**
 * Looks for the socket of Intel's quoting service.
 * @see https://download.01.org/intel-sgx/sgx-dcap/
 */
function aesm(machine: Machine): Finding {
  const path = "/var/run/aesmd/aesm.socket";
  if (machine.kindOf(path) !== "socket")
    return absent(
      "aesm",
      path,
      "Intel's quoting service is not running: gramine-sgx then has to make quotes in its own process",
    );
  return present("aesm", path, "Intel's quoting service");
}

function collateral(machine: Machine, pccsUrl: string | undefined): Finding {
  const path = "/etc/sgx_default_qcnl.conf";
  if (pccsUrl !== undefined) return present("pccs", pccsUrl, "given for collateral; not contacted");
  const url = /^\s*"?pccs_url"?\s*[:=]\s*"?([^"\s,]+)/im.exec(machine.text(path))?.[1];
  if (url === undefined)
    return absent("pccs", path, "no PCCS is configured: collateral is fetched from Intel, if at all");
  return present("pccs", path, `${url}; not contacted`);
}

type States = ReadonlyMap<string, Finding["state"]>;

function waysOf(states: States): readonly Way[] {
  const ways = usefulProviders.map((provider): Way => {
    const there = states.get(provider) === "present";
    const { makes, needs } = wordsFor(provider);
    return { provider, works: there ? "perhaps" : "no", said: there ? makes : `needs ${needs}` };
  });
  return [
    ...ways,
    {
      provider: "simulated",
      works: "yes",
      said: "for development: it proves nothing, and policies without a section for it refuse it",
    },
  ];
}

function adviceOf(machine: Machine, nodeSuits: boolean, states: States): readonly string[] {
  const is = (what: string): boolean => states.get(what) === "present";
  const isThere = (what: string): boolean => states.get(what) !== "absent";
  const usable = usefulProviders.filter(is);
  const vendor = machine.text("/sys/class/dmi/id/sys_vendor");
  return [
    ...(nodeSuits ? [] : [`install Node ${leastNode.join(".")} or later, with permission flags`]),
    ...usable.map(
      (provider) => `start a worker with --attest ${provider}, and verify its evidence on another machine`,
    ),
    ...[...states].flatMap(([what, state]) =>
      state === "unusable" ? [`make ${what} usable for this user: see the findings`] : [],
    ),
    ...(isThere("tdx-guest") && !isThere("configfs-tsm")
      ? ["this is a TDX guest: for configfs-tsm, use kernel 6.7 or later and mount configfs"]
      : []),
    ...(isThere("sev-guest") && !isThere("configfs-tsm")
      ? ["this is an SEV-SNP guest: for configfs-tsm, use kernel 6.7 or later and mount configfs"]
      : []),
    ...(isThere("sgx") && !isThere("gramine")
      ? ["SGX is available: run the enclave under gramine-sgx; deploy/gramine has a manifest"]
      : []),
    ...(isThere("sgx") && !is("aesm")
      ? ["Intel's quoting service is not running: install aesmd and its quoting libraries"]
      : []),
    ...(usable.length > 0 && !is("pccs")
      ? ["give a PCCS for Intel's collateral with --pccs, or let the gateway fetch the collateral from Intel"]
      : []),
    ...(vendor === "Microsoft Corporation" && isThere("tpm")
      ? ["on Azure a paravisor runs between the guest and its hardware: no worker makes evidence there"]
      : []),
    ...(usable.length === 0
      ? [
          "this machine has no hardware that makes evidence: use it for development, as a verifier " +
            "or as a gateway",
        ]
      : []),
  ];
}
