/**
 * Sends a sealed, signed query and a plain, anonymous query through REST, gateway, pipe and enclave. The peer
 * is only the cryptography that client and worker need for the query.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ClientOptions, connectTrustingWhoeverAnswers, httpTransport } from "@pruntime/client";
import { accountOf } from "@pruntime/client/chain";
import { utf8 } from "@pruntime/core/bytes";
import { ephemeralKey, openReply, openSealedQuery, sealQuery, sealReply } from "@pruntime/core/channel";
import { createNativeCrypto, secureRandom } from "@pruntime/crypto-native";
import { bridgeInitInfo, createDevchain } from "@pruntime/devchain";
import { startGateway } from "@pruntime/gateway";
import { compare, type Row } from "./harness.ts";

export const name = "sealed query through REST";

const crypto = await createNativeCrypto();
const alice = accountOf("//Alice");
const request = { FreeBalance: { account: Buffer.from(alice.id).toString("hex") } };

export async function run(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "pruntime-bench-"));
  const chain = await createDevchain({ crypto, mode: { kind: "manual" } });
  const bundle = join(import.meta.dirname, "../enclave/dist/enclave.mjs");
  const gateway = await startGateway({
    bundle,
    dataDir: folder,
    operator: { as2020: true },
    log: { level: "silent" },
  });
  try {
    const options: ClientOptions = {
      transport: httpTransport(gateway.url),
      crypto,
      random: secureRandom,
      freshness: { now: () => 0, maxAgeMs: 1 },
    };
    await init(gateway.url, bridgeInitInfo(chain), chain.metadata(15));
    const client = await connectTrustingWhoeverAnswers(options);
    const note = "peer: seal, sign, verify, open, seal back, sign twice, verify twice, open";
    return [
      await compare(
        "sealed, signed query",
        () => client.query(2, request, { signer: alice.query, expiresIn: 600 }),
        bareCrypto(),
        note,
      ),
      await compare(
        "plain, anonymous query",
        () => client.query(2, "TotalIssuance", { kind: "plain" }),
        bareSignatures,
        "peer: sign twice, verify twice",
      ),
    ];
  } finally {
    await gateway.close();
    chain.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function init(url: string, bridge_genesis_info_b64: string, metadata: Uint8Array): Promise<void> {
  const input = {
    bridge_genesis_info_b64,
    runtime_metadata_b64: Buffer.from(metadata).toString("base64"),
    skip_ra: true,
  };
  const headers = { "content-type": "application/json" };
  await fetch(`${url}/init_runtime`, { method: "POST", headers, body: JSON.stringify({ input, nonce: {} }) });
}

const signer = crypto.secp256k1.signer(new Uint8Array(32).fill(7))!;
const keyPair = crypto.p256.keyPair(new Uint8Array(32).fill(9))!;
const hash = new Uint8Array(32).fill(1);

function bareSignatures(): boolean {
  const signed = [signer.sign(hash), signer.sign(hash)];
  return signed.every((signature) => crypto.secp256k1.verify(signer.publicKey, hash, signature));
}

function bareCrypto(): () => boolean {
  const worker = { genesisHash: hash, keyPair };
  const address = { genesisHash: hash, publicKey: keyPair.publicKey };
  const text = JSON.stringify({ contract_id: 2, expires_at: 600, nonce: "00".repeat(16), request });
  return () => {
    const { payload, session } = sealQuery(crypto, ephemeralKey(crypto, secureRandom), address, text);
    const message = utf8(text);
    const signature = alice.query.sign(message) as Uint8Array;
    if (!crypto.sr25519.verify(alice.id, message, signature)) return false;
    const { replyTo } = openSealedQuery(crypto, worker, payload);
    openReply(session, sealReply(replyTo, secureRandom(12), text));
    return bareSignatures();
  };
}
