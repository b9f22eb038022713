/**
 * Runs as a process of its own: `blocks.ts URL TOKEN`, with the address and token of a worker's operator.
 * Starts a chain that the worker follows, and sends one full block after another. The commands are sealed but
 * do not open: no other block costs a worker more time. Writes a line when it sends the first block.
 */
import { encodeBlockHeaderWithEvents, encodeHeaderToSync } from "@pruntime/core/bridge-2020";
import { toBase64 } from "@pruntime/core/bytes";
import { systemEventsKey, timestampNowKey, wellKnownKeys } from "@pruntime/core/storage-key";
import { createNativeCrypto } from "@pruntime/crypto-native";
import { bridgeInitInfo, createDevchain } from "@pruntime/devchain";
import { nonceOf } from "../../host/devchain/test/support/extrinsic.ts";
import { fill, type Position } from "../full-block/fill.ts";
import { eve, kinds } from "../full-block/kinds.ts";

const [url = "", token = ""] = process.argv.slice(2);
const crypto = await createNativeCrypto({ addons: true });
const chain = await createDevchain({ crypto, mode: { kind: "manual" }, maxPayload: 1 << 20 });
const kind = kinds.find(({ what }) => what === "v2 that does not open");
const sealed = kind?.payload(0, chain) ?? "";
/** The envelope of one sealed command, with a ciphertext of its own for each block and command. */
const payload = (n: number) =>
  sealed.replace(/"cipher_b64":"[^"]*"/, `"cipher_b64":"${toBase64(cipherOf(n))}"`);

await send("init_runtime", {
  bridge_genesis_info_b64: bridgeInitInfo(chain),
  runtime_metadata_b64: toBase64(chain.metadata(15)),
  skip_ra: true,
});
let at: Position = { command: 0, nonce: 0 };
for (let number = 1; ; number++) {
  // What a block has no room for goes into the next block.
  if (at.nonce - nonceOf(chain, eve.id) < 3)
    at = fill(chain, eve, { contract: kind?.contract ?? 0, payload }, at);
  const block = chain.produceBlock();
  const { encodedHeader } = block;
  const header = encodeHeaderToSync({ encodedHeader, justification: chain.justificationOf(block) });
  const key = systemEventsKey(crypto);
  const proof = chain.readProof(block, [key, timestampNowKey(crypto), wellKnownKeys.pendingCode]);
  const parts = { encodedHeader, events: undefined, proof, key };
  await send("sync_header", { headers_b64: [toBase64(header)] });
  if (number === 1) process.stdout.write("ready\n");
  await send("dispatch_block", { blocks_b64: [toBase64(encodeBlockHeaderWithEvents(parts))] });
}

function cipherOf(n: number): Uint8Array {
  const cipher = new Uint8Array(16);
  new DataView(cipher.buffer).setUint32(0, n);
  return cipher;
}

async function send(action: string, input: object): Promise<void> {
  const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
  const body = JSON.stringify({ input, nonce: {} });
  const response = await fetch(`${url}/${action}`, { method: "POST", headers, body });
  const text = await response.text();
  if (!response.ok || !text.includes('"status":"ok"')) throw new Error(`${action}: ${text.slice(0, 200)}`);
}
