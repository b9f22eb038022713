/**
 * Measures the cost of verifying evidence, compared with the signature checks that every verifier must make.
 */
import { createPublicKey, verify as opensslVerify } from "node:crypto";
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

/**
 * Collateral as long as the longest collateral that Intel had published by 2026: 21 TCB levels for SGX or 5
 * for TDX, with their advisories, and 57 revoked keys.
 */
function asLongAsReal(body: "sgx" | "td15"): Partial<World> {
  const tee = body === "sgx" ? "SGX" : "TDX";
  const advisories = tee === "SGX" ? Array.from({ length: 21 }, (_, i) => i) : [0, 7, 10, 11, 24];
  const newest = advisories.length + 1;
  const components = (svn: number) =>
    Array.from({ length: 16 }, (_, i) =>
      i === 0 ? { svn, category: "BIOS", type: "Early Microcode Update" } : { svn: 0 },
    );
  const tcbLevels = advisories.map((count, i) => ({
    tcb: {
      sgxtcbcomponents: components(newest - i),
      pcesvn: 10,
      ...(tee === "TDX" ? { tdxtcbcomponents: components(0) } : {}),
    },
    tcbDate: "2025-05-14T00:00:00Z",
    tcbStatus: "OutOfDate",
    advisoryIDs: Array.from({ length: count }, (_, n) => `INTEL-SA-${String(n).padStart(5, "0")}`),
  }));
  const modules =
    tee === "SGX" ? {} : { tdxModuleIdentities: [moduleIdentity("01", svnLevel("UpToDate", 1))] };
  const revokedByCa = Array.from({ length: 57 }, (_, i) => 1000 + i);
  return { body, revokedByCa, tcbInfo: tcbInfoOf(tee, { tcbLevels, ...modules }) };
}

const p256Prefix = Buffer.from("3059301306072a8648ce3d020106082a8648ce3d030107034200", "hex");

/**
 * Runs `task` once. Returns a task that repeats only the ECDSA verifications in `task`, by OpenSSL with
 * prepared keys, and their number.
 */
function bareVerifications(
  crypto: Crypto,
  task: (crypto: Crypto) => unknown,
): { readonly count: number; readonly again: Task } {
  const asked: (() => boolean)[] = [];
  const verify: Crypto["p256"]["verify"] = (point, message, signature) => {
    const key = createPublicKey({ key: Buffer.concat([p256Prefix, point]), format: "der", type: "spki" });
    const prepared = { key, dsaEncoding: "ieee-p1363" } as const;
    asked.push(() => opensslVerify("sha256", message, prepared, signature));
    return crypto.p256.verify(point, message, signature);
  };
  task({ ...crypto, p256: { ...crypto.p256, verify } });
  const again = () => asked.every((verification) => verification());
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
    rows.push(
      await compare(
        what,
        () => verify(crypto),
        again,
        `the ${count} ECDSA verifications it contains, keys prepared`,
      ),
    );
  }
  return rows;
}
