/** `sync_para`: moves the finality of a parachain to the head that its relay chain's last finalized state has. */
import type { Crypto } from "@pruntime/core/crypto";
import { verifyParaHeaders } from "@pruntime/core/parachain";
import { type Chain, withWaiting } from "../chain.ts";
import { RuntimeError } from "../error.ts";

/** @throws {@link RuntimeError} `runtime/no-parachain`; ParachainError, LightClientError, TrieError, CodecError */
export function syncPara(
  crypto: Crypto,
  chain: Chain,
  headers: readonly Uint8Array[],
  proof: readonly Uint8Array[],
): Chain {
  const { client, para } = chain;
  if (para === undefined) throw new RuntimeError({ code: "runtime/no-parachain" });
  const trust = { relayStateRoot: client.finalized.stateRoot, paraId: para.id, finalized: para.finalized };
  const finalized = verifyParaHeaders(crypto, trust, { headers, proof });
  const last = finalized.at(-1) ?? para.finalized;
  return withWaiting({ ...chain, para: { ...para, finalized: last } }, finalized);
}
