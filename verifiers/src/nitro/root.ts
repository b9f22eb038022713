import { fromHex } from "@pruntime/core/bytes";
import type { TrustedRoot } from "@pruntime/core/x509";

/**
 * The root of trust for AWS Nitro documents: the certificate authority `aws.nitro-enclaves`, P-384.
 * @see https://docs.aws.amazon.com/enclaves/latest/user/verify-root.html
 */
export const nitroRoot: TrustedRoot = {
  subject: fromHex(
    "3049310b3009060355040613025553310f300d060355040a0c06416d617a6f6e310c300a060355040b0c03415753311b" +
      "301906035504030c12617773" +
      "2e6e6974726f2d656e636c61766573",
  ),
  publicKey: {
    kind: "p384",
    point: fromHex(
      "04fc0254eba608c1f36870e29ada90be46383292736e894bfff672d989444b5051e534a4b1f6dbe3c0bc581a32b7b176" +
        "070ede12d69a3fea211b66e7" +
        "52cf7dd1dd095f6f1370f4170843d9dc100121e4cf63012809664487c9796284304dc53ff4",
    ),
  },
};
