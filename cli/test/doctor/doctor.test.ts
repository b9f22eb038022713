import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Command } from "commander";
import { afterAll, describe, expect, it, vi } from "vitest";
import { registerDoctor } from "../../src/commands/doctor.ts";
import { examine, type NodeFacts } from "../../src/doctor/examine.ts";
import { Machine } from "../../src/doctor/machine.ts";

const node: NodeFacts = { version: "22.18.0", hasPermissions: true };
const servers: Server[] = [];

afterAll(() => {
  for (const server of servers) server.close();
});

/** Makes a folder with the files of an invented machine. `files` maps each file's path to the file's text. */
function tree(files: Readonly<Record<string, string>> = {}): string {
  const root = mkdtempSync(join(tmpdir(), "doctor-"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

async function withSocket(root: string, path: string): Promise<string> {
  mkdirSync(join(root, dirname(path)), { recursive: true });
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(join(root, path), resolve));
  return root;
}

function diagnose(root: string, facts: NodeFacts = node, pccs?: string) {
  const diagnosis = examine(new Machine(root), facts, pccs);
  const states = Object.fromEntries(diagnosis.findings.map(({ what, state }) => [what, state]));
  const works = Object.fromEntries(diagnosis.ways.map((way) => [way.provider, way.works]));
  const said = Object.fromEntries(diagnosis.findings.map((finding) => [finding.what, finding.said]));
  return { ...diagnosis, states, works, said };
}

const gramine = { "/dev/attestation/attestation_type": "dcap\n", "/dev/attestation/quote": "" };
const configfs = { "/sys/kernel/config/tsm/report/one/provider": "tdx_guest\n" };

describe("examine", () => {
  it("an empty machine: only simulation works, and the advice explains why", () => {
    const { states, works, advice, unknown } = diagnose(tree());
    expect(new Set(Object.values(states))).toEqual(new Set(["absent"]));
    expect(works).toEqual({ gramine: "no", "configfs-tsm": "no", dstack: "no", simulated: "yes" });
    expect(advice).toEqual([expect.stringContaining("no hardware that makes evidence")]);
    expect(unknown.join()).toMatch(/genuine.*memory bus/);
  });

  it("reports that hardware perhaps works, never that it works", async () => {
    const root = await withSocket(tree({ ...gramine, ...configfs }), "/var/run/dstack.sock");
    const { works, advice } = diagnose(root);
    expect(works).toEqual({
      gramine: "perhaps",
      "configfs-tsm": "perhaps",
      dstack: "perhaps",
      simulated: "yes",
    });
    expect(advice.filter((line) => line.startsWith("start a worker with --attest "))).toHaveLength(3);
  });

  it.each([
    ["none\n", "none"],
    ["epid\n", "epid"],
    ["", "missing"],
  ])("gramine: unusable with attestation type %j", (type, told) => {
    const { states, said, works } = diagnose(tree({ ...gramine, "/dev/attestation/attestation_type": type }));
    expect([states["gramine"], works["gramine"]]).toEqual(["unusable", "no"]);
    expect(said["gramine"]).toContain(told);
  });

  it("gramine: unusable without quotes, which gramine-direct does not make", () => {
    const { states, said } = diagnose(tree({ "/dev/attestation/attestation_type": "dcap" }));
    expect([states["gramine"], said["gramine"]]).toEqual([
      "unusable",
      expect.stringContaining("gramine-direct"),
    ]);
  });

  it("configfs-tsm: names the provider of an entry, or says that it is not yet known", () => {
    expect(diagnose(tree(configfs)).said["configfs-tsm"]).toBe("tdx_guest");
    const root = tree();
    mkdirSync(join(root, "/sys/kernel/config/tsm/report"), { recursive: true });
    expect(diagnose(root)).toMatchObject({
      states: { "configfs-tsm": "present" },
      said: { "configfs-tsm": expect.stringContaining("once an entry") },
    });
  });

  it.each([
    ["6.1.0-56-amd64", "needs 6.7 or later"],
    ["5.15.0", "needs 6.7 or later"],
    ["6.7.0", "configfs is not mounted"],
    ["6.12.1", "configfs is not mounted"],
    ["10.0.0", "configfs is not mounted"],
  ])("configfs-tsm: why it is absent with kernel %s", (kernel, why) =>
    expect(diagnose(tree({ "/proc/sys/kernel/osrelease": `${kernel}\n` })).said["configfs-tsm"]).toContain(
      why,
    ),
  );

  it("configfs-tsm: absent if configfs is mounted but no driver offers reports", () => {
    const root = tree({ "/proc/sys/kernel/osrelease": "6.8.0" });
    mkdirSync(join(root, "/sys/kernel/config"), { recursive: true });
    expect(diagnose(root).said["configfs-tsm"]).toContain("no driver of a confidential guest");
  });

  it.each([
    "/var/run/dstack.sock",
    "/run/dstack.sock",
    "/var/run/dstack/dstack.sock",
    "/run/dstack/dstack.sock",
  ])("dstack: finds its socket at %s", async (path) => {
    const { findings, works } = diagnose(await withSocket(tree(), path));
    expect(findings.find(({ what }) => what === "dstack")).toMatchObject({ path, state: "present" });
    expect(works["dstack"]).toBe("perhaps");
  });

  it("dstack: unusable if a container has made a folder in place of the missing socket", () => {
    const root = tree();
    mkdirSync(join(root, "/var/run/dstack.sock"), { recursive: true });
    expect(diagnose(root)).toMatchObject({ states: { dstack: "unusable" }, works: { dstack: "no" } });
  });

  it.each([
    ["tdx-guest", "/dev/tdx_guest", /TDX guest: .*kernel 6\.7/],
    ["sev-guest", "/dev/sev-guest", /SEV-SNP guest: .*kernel 6\.7/],
    ["sgx", "/dev/sgx_enclave", /run the enclave under gramine-sgx/],
    ["tpm", "/dev/tpmrm0", /no hardware that makes evidence/],
  ])("%s: finds %s, and advises what to do", (what, path, want) => {
    const { states, works, advice } = diagnose(tree({ [path]: "" }));
    expect(states[what]).toBe("present");
    expect(Object.values(works).filter((one) => one === "perhaps")).toEqual([]);
    expect(advice.join("\n")).toMatch(want);
  });

  it.skipIf(process.getuid?.() === 0)("a device that this user may not open is unusable", () => {
    const root = tree({ "/dev/tdx_guest": "" });
    chmodSync(join(root, "/dev/tdx_guest"), 0);
    expect(diagnose(root).states["tdx-guest"]).toBe("unusable");
  });

  it("reports SGX without Intel's quoting service", async () => {
    const root = tree({ "/dev/sgx_enclave": "" });
    expect(diagnose(root).advice.join("\n")).toContain("aesmd");
    expect(diagnose(await withSocket(root, "/var/run/aesmd/aesm.socket")).advice.join("\n")).not.toContain(
      "aesmd",
    );
  });

  it("says that no worker makes evidence on Azure", () => {
    const vtpm = { "/dev/tpmrm0": "", "/sys/class/dmi/id/sys_vendor": "Microsoft Corporation\n" };
    expect(diagnose(tree(vtpm)).advice.join("\n")).toContain("paravisor");
    expect(
      diagnose(tree({ ...vtpm, "/sys/class/dmi/id/sys_vendor": "QEMU\n" })).advice.join("\n"),
    ).not.toContain("paravisor");
  });

  it.each([
    [
      '{\n  // PCCS server address\n  "pccs_url": "https://localhost:8081/sgx/certification/v4/"\n}',
      "present",
    ],
    ["# PCCS_URL=https://old.example/\nPCCS_URL=https://pccs.example/sgx/certification/v4/", "present"],
    ['{\n  // "pccs_url": "https://localhost:8081/"\n}', "absent"],
    ["", "absent"],
  ])("pccs: %j is %s", (text, state) => {
    const { states, said } = diagnose(tree({ "/etc/sgx_default_qcnl.conf": text }));
    expect(states["pccs"]).toBe(state);
    if (state === "present")
      expect(said["pccs"]).toMatch(/^https:\/\/(?:localhost:8081|pccs\.example)\/sgx.*not contacted/);
  });

  it("pccs: uses the given URL", () => {
    const { findings } = diagnose(tree(), node, "https://pccs.example/");
    expect(findings.find(({ what }) => what === "pccs")).toMatchObject({
      path: "https://pccs.example/",
      state: "present",
    });
  });

  it.each([
    ["20.19.0", true, true],
    ["22.0.0", true, true],
    ["20.18.9", true, false],
    ["18.20.0", true, false],
    ["22.0.0", false, false],
  ])("Node %s, permission flags %s: suitable: %s", (version, hasPermissions, suits) => {
    const { node: told, advice } = diagnose(tree(), { version, hasPermissions });
    expect(told.suits).toBe(suits);
    expect(advice.some((line) => line.includes("Node"))).toBe(!suits);
  });
});

describe("pruntime doctor", () => {
  it.each([
    ["--json", /^\{"ok":true,"node":\{/],
    [
      "--root=/",
      /Evidence that this machine may make:\n[\s\S]*What files cannot show:\n[\s\S]*Advice:\n {2}- /,
    ],
  ])("prints its findings: %s", async (option, want) => {
    const program = new Command("pruntime").exitOverride();
    registerDoctor(program);
    let out = "";
    const spy = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
      out += String(text);
      return true;
    });
    try {
      await program.parseAsync(["doctor", "--root", tree(), option], { from: "user" });
    } finally {
      spy.mockRestore();
    }
    expect(out).toMatch(want);
  });
});
