import { readFileSync } from "node:fs";
import { decodePolicy } from "@pruntime/core/attestation";
import { describe, expect, it } from "vitest";
import type { Finding } from "../../src/policy/finding.ts";
import { lintPolicy } from "../../src/policy/lint.ts";
import { answer, example, file } from "./command.ts";

const now = Date.parse("2026-06-15T12:00:00Z");
const h = (pair: string, bytes: number) => pair.repeat(bytes);
const registers = {
  mrtd: h("a0", 48),
  rtmr0: h("a1", 48),
  rtmr1: h("a2", 48),
  rtmr2: h("a3", 48),
  rtmr3: h("a4", 48),
};
const azureImage = { launch: h("a0", 48), pcrs: { "4": h("e4", 32) } };

/** A policy without mistakes or weaknesses. */
const sound = {
  version: 1,
  minTcbEvaluationDataNumber: 19,
  collateralMaxAgeDays: 30,
  tcb: { accept: ["UpToDate"] },
  sgx: { measurements: [{ mrenclave: h("5e", 32) }] },
  tdx: { images: [registers] },
  snp: {
    measurements: [h("c0", 48)],
    minTcb: { milan: "0300000000000873" },
    platformInfo: { require: ["ALIAS_CHECK_COMPLETE"] },
  },
};

function findings(change: object, isSigned = false): readonly Finding[] {
  return lintPolicy(decodePolicy(JSON.stringify({ ...sound, ...change })), now, isSigned);
}

const found = (change: object) => findings(change).map(({ level, rule }) => `${level} ${rule}`);

describe("lintPolicy", () => {
  it("finds nothing in a sound policy", () => expect(findings({})).toEqual([]));

  const signer = { mrsigner: h("51", 32), isvProdId: 1, minIsvSvn: 1 };
  const [sgx, tdx, snp] = [sound.sgx, sound.tdx, sound.snp];
  const { measurements: _, ...azureSnp } = snp;
  const { rtmr0: _0, ...noRtmr0 } = registers;
  const { rtmr1: _1, ...noRtmr1 } = registers;
  const { rtmr3: _3, ...noRtmr3 } = registers;

  it.each<[object, string]>([
    [{ sgx: undefined, tdx: undefined, snp: undefined }, "error accepts-nothing"],
    [{ tcb: { accept: ["UpToDate", "Revoked"] } }, "error revoked"],
    [{ tcb: { accept: [] } }, "error accepts-no-status"],
    [{ tcb: { accept: ["UpToDate", "OutOfDate"] } }, "warning out-of-date"],
    [{ tcb: { accept: ["UpToDate"], graceDays: 14 } }, "warning grace-days"],
    [{ notAfter: "2026-06-14" }, "warning not-after-past"],
    [
      { sgx: { measurements: [{ mrenclave: h("5e", 32), notAfter: "2026-06-14" }] } },
      "warning not-after-past",
    ],
    [{ maxAgeSec: 86_401 }, "warning max-age"],
    [{ allowDebug: true }, "warning allow-debug"],
    [{ minTcbEvaluationDataNumber: undefined }, "warning no-least-collateral"],
    [{ collateralMaxAgeDays: undefined }, "warning collateral-age"],
    [{ collateralMaxAgeDays: 31 }, "warning collateral-age"],
    [
      {
        sgx: {
          ...sgx,
          mrsigner: [
            { ...signer, mrsigner: "83d719e77deaca1470f6baf62a4d774303c899db69020f9c70ee1dfc08c7ce9e" },
          ],
        },
      },
      "error sample-signer",
    ],
    [{ sgx: { mrsigner: [signer] } }, "warning signer-only"],
    [{ sgx: { ...sgx, mrsigner: [{ ...signer, minIsvSvn: 0 }] } }, "warning no-least-version"],
    [{ ias: sgx }, "warning ias"],
    [{ tdx: { images: [noRtmr0] } }, "warning no-rtmr0"],
    [{ tdx: { images: [noRtmr1] } }, "warning no-kernel"],
    [{ tdx: { images: [noRtmr3] } }, "warning no-application"],
    [{ tdx: { ...tdx, attributes: { require: [] } } }, "warning sept-ve"],
    [{ tdx: { ...tdx, attributes: { allow: ["MIGRATABLE"] } } }, "warning migratable"],
    [{ sgx: { ...sgx, attributes: { allow: ["PROVISIONKEY"] } } }, "warning intel-keys"],
    [{ sgx: { ...sgx, attributes: { allow: ["EINITTOKEN_KEY"] } } }, "warning intel-keys"],
    [{ sgx: { ...sgx, attributes: { allow: ["KSS"] } } }, "warning host-config"],
    [{ sgx: { measurements: [{ mrenclave: h("5e", 32), minIsvSvn: 1 }] } }, "warning version-by-host"],
    [
      { snp: { ...snp, measurements: [{ measurement: h("c0", 48), minGuestSvn: 1 }] } },
      "warning version-by-host",
    ],
    [{ tdx: { ...tdx, allowServiceTd: [h("b0", 48)] } }, "warning service-td"],
    [{ snp: { ...snp, minTcb: {} } }, "error no-least-tcb"],
    [{ snp: { ...snp, vmpl: [] } }, "error no-vmpl"],
    [{ snp: { ...snp, minTcb: { milan: h("00", 8) } } }, "warning zero-tcb"],
    [{ snp: { ...snp, vmpl: [0, 1] } }, "warning vmpl"],
    [{ snp: { ...snp, allowVlek: true } }, "warning vlek"],
    [{ snp: { ...snp, guestPolicy: { allow: ["SMT"] } } }, "warning smt"],
    [{ snp: { ...snp, guestPolicy: { require: ["MIGRATE_MA"] } } }, "warning migration-agent"],
    [{ snp: { ...snp, platformInfo: {} } }, "warning alias-check"],
    [{ snp: { ...snp, allowMaskedChipId: true } }, "warning masked-chip-id"],
    [{ ppidAllow: [h("1d", 16)] }, "warning any-chip"],
    [{ azure: { images: [azureImage] } }, "error no-hardware"],
    [{ azure: { images: [azureImage], tdx: { attributes: { require: [] } } } }, "warning sept-ve"],
    [{ azure: { images: [azureImage], snp: { ...azureSnp, vmpl: [1] } } }, "warning vmpl"],
    [{ simulated: { measurements: [h("5d", 32)] } }, "warning simulated"],
  ])("%j: %s", (change, finding) => expect(found(change)).toEqual([finding]));

  it("error log-without-kernel: events that any kernel could have logged", () =>
    expect(found({ tdx: { images: [{ ...noRtmr1, composeHash: h("d2", 32) }] } })).toContain(
      "error log-without-kernel",
    ));

  it("warning signed-for-ever: a signed policy without an end", () => {
    expect(findings({}, true).map(({ rule }) => rule)).toEqual(["signed-for-ever"]);
    expect(findings({ notAfter: "2026-12-31" }, true)).toEqual([]);
  });

  it("a policy for AMD alone need not mention Intel's collateral", () => {
    const amd = { tcb: undefined, sgx: undefined, tdx: undefined, minTcbEvaluationDataNumber: undefined };
    expect(findings({ ...amd, collateralMaxAgeDays: undefined })).toEqual([]);
  });
});

describe("pruntime policy lint", () => {
  it("warnings leave the exit code at 0, errors make it 1", async () => {
    expect(await answer("lint", file({ ...sound, allowDebug: true }))).toMatchObject({
      exit: 0,
      json: { ok: true },
    });
    expect(await answer("lint", file({ ...sound, tcb: { accept: ["Revoked", "UpToDate"] } }))).toMatchObject({
      exit: 1,
      json: { ok: false, findings: [{ level: "error", rule: "revoked" }] },
    });
  });

  it("finds no mistakes in the published example, only weaknesses", () => {
    const policy = decodePolicy(readFileSync(example, "utf8"));
    expect(lintPolicy(policy, now, false).map(({ level, rule }) => `${level} ${rule}`)).toEqual([
      "warning version-by-host",
      "warning smt",
      "warning sept-ve",
    ]);
  });
});
