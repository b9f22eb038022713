/** Evidence: what verifying it costs beyond the signatures that nobody can spare. */
import { verifyDcap } from "@pruntime/core/attestation";
import type { Crypto } from "@pruntime/core/crypto";
import { createNativeCrypto } from "@pruntime/crypto-native";
import {
  at,
  evidence,
  moduleIdentity,
  root,
  svnLevel,
  tcbInfoOf,
  type World,
} from "../trusted/core/test/attestation/dcap/synthetic.ts";
import { compare, type Row, type Task } from "./harness.ts";

export const name = "Evidence";

/** As long as what Intel publishes: 16 levels of advisories, and a list of 60 revoked keys. */
function asLongAsReal(body: "sgx" | "td15"): Partial<World> {
  const tee = body === "sgx" ? "SGX" : "TDX";
  const components = (svn: number) =>
    Array.from({ length: 16 }, (_, i) => ({ svn: i < 2 ? svn : 0, category: "BIOS", type: "Early Microcode Update" }));
  const tcbLevels = Array.from({ length: 16 }, (_, i) => ({
    tcb: { sgxtcbcomponents: components(17 - i), pcesvn: 10, ...(tee === "TDX" ? { tdxtcbcomponents: components(0) } : {}) },
    tcbDate: "2025-05-14T00:00:00Z",
    tcbStatus: "OutOfDate",
    advisoryIDs: Array.from({ length: i }, (_, n) => `INTEL-SA-${String(n).padStart(5, "0")}`),
  }));
  const modules = tee === "SGX" ? {} : { tdxModuleIdentities: [moduleIdentity("01", svnLevel("UpToDate", 1))] };
  const revokedByCa = Array.from({ length: 60 }, (_, i) => 1000 + i);
  return { body, revokedByCa, tcbInfo: tcbInfoOf(tee, { tcbLevels, ...modules }) };
}

/** The ECDSA verifications that `task` asks a provider for, to be made again without anything around them. */
function bareVerifications(crypto: Crypto, task: (crypto: Crypto) => unknown): { readonly count: number; readonly again: Task } {
  const asked: Parameters<Crypto["p256"]["verify"]>[] = [];
  const verify: Crypto["p256"]["verify"] = (...question) => {
    asked.push(question);
    return crypto.p256.verify(...question);
  };
  task({ ...crypto, p256: { ...crypto.p256, verify } });
  const again = () => asked.every((question) => crypto.p256.verify(...question));
  return { count: asked.length, again };
}

export async function run(): Promise<Row[]> {
  const crypto = await createNativeCrypto();
  const rows: Row[] = [];
  for (const body of ["sgx", "td15"] as const) {
    const shown = evidence(asLongAsReal(body));
    const verify = (provider: Crypto) => verifyDcap(provider, root, at, shown);
    const { count, again } = bareVerifications(crypto, verify);
    const what = `verify ${body === "sgx" ? "an SGX quote v3" : "a TDX quote v5"} and its collateral`;
    rows.push(await compare(what, () => verify(crypto), again, `the ${count} ECDSA verifications it contains`));
  }
  return rows;
}
