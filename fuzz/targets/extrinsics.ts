import { utf8 } from "@pruntime/core/bytes";
import { portableCrypto } from "@pruntime/core/crypto";
import {
  decodeBody,
  decodeCommandRemark,
  decodeExtrinsic2020,
  decodePushCommand2020,
  encodeBody,
  encodeCommandRemark,
} from "@pruntime/core/extrinsics";
import { compileRemarks, decodeMetadata } from "@pruntime/core/metadata";
import { complete } from "@pruntime/core/work";
import { createDevchain } from "@pruntime/devchain";
import { describeExtrinsic } from "../../cli/src/offline/extrinsics.ts";
import { outputText } from "../../cli/src/offline/output-json.ts";
import {
  batch,
  proxy,
  pushCommand,
  remarkWithEvent,
  signed,
} from "../../host/devchain/test/support/extrinsic.ts";
import { signer } from "../../host/devchain/test/support/keys.ts";
import {
  extrinsic2020,
  pushCommand2020,
  unsigned2020,
} from "../../trusted/runtime/test/support/tiny-chain.ts";
import { keptInput } from "../corpus.ts";
import { canonical, each, type Target, verdict } from "../target.ts";

const metadata = decodeMetadata(keptInput("metadata", "devchain-14"));
const findRemarks = compileRemarks(metadata);

export const target: Target = {
  run: (input) =>
    each(input, {
      of2020: (bytes) => {
        const extrinsic = decodeExtrinsic2020(bytes);
        return [extrinsic, verdict(() => decodePushCommand2020(extrinsic.call))];
      },
      body: (bytes) => encodeBody(decodeBody(bytes)),
      remarks: (bytes) => complete(findRemarks(bytes)),
      command: (bytes) => {
        const command = decodeCommandRemark(bytes);
        return command && canonical(bytes, command, encodeCommandRemark);
      },
      described: (bytes) => outputText(describeExtrinsic(portableCrypto, bytes, undefined)),
      named: (bytes) => outputText(describeExtrinsic(portableCrypto, bytes, metadata)),
    }),
  genuine: async () => {
    const chain = await createDevchain({ mode: { kind: "manual" }, now: () => 1_600_000_000_000 });
    const call = pushCommand(2, utf8('{"Plain":"{}"}'));
    const today = signed(chain, signer("Alice"), batch("batch_all", [call, call]));
    const deep = [remarkWithEvent(utf8("a")), proxy(signer("Bob").id, remarkWithEvent(utf8("b")))];
    const remarks = signed(chain, signer("Alice"), batch("batch_all", [call, batch("batch", deep)]));
    const [inherent = new Uint8Array()] = chain.produceBlock().body;
    chain.close();
    return {
      "of-2020": extrinsic2020(pushCommand2020(1, utf8('{"Plain":"{}"}'))),
      "of-2020-index": extrinsic2020(pushCommand2020(1, utf8("{}")), 7),
      unsigned: unsigned2020(pushCommand2020(3, utf8("{}"))),
      inherent,
      bare: unsigned2020(batch("force_batch", [call, batch("batch", [call])])),
      today,
      remarks,
      "command-remark": encodeCommandRemark({ contractId: 2, payload: utf8('{"Plain":"{}"}') }),
      body: encodeBody({ number: 3, extrinsics: [inherent, remarks] }),
    };
  },
};
