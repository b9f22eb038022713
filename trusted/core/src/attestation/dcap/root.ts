import { fromHex } from "../../bytes/index.ts";
import type { TrustedRoot } from "../../x509/index.ts";

/**
 * `Intel SGX Root CA`, pinned by its key because Intel has reissued its certificate.
 * @see https://certificates.trustedservices.intel.com/Intel_SGX_Provisioning_Certification_RootCA.pem
 */
export const intelRoot: TrustedRoot = {
  subject: fromHex(
    "3068311a301806035504030c11496e74656c2053475820526f6f74204341311a3018060355040a0c11496e74656c2043" +
      "6f72706f726174696f6e3114301206035504070c0b53616e746120436c617261310b300906035504080c024341310b30" +
      "09060355040613025553",
  ),
  publicKey: {
    kind: "p256",
    point: fromHex(
      "040ba9c4c0c0c86193a3fe23d6b02cda10a8bbd4e88e48b4458561a36e705525f567918e2edc88e40d860bd0cc4ee26a" +
        "acc988e505a953558c453f6b0904ae7394",
    ),
  },
};
