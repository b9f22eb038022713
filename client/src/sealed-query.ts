/** Makes v2 queries, which are sealed for one query key of a worker, and signed unless they are anonymous. */
import {
  encodeQueryPayload,
  encodeQueryV2,
  encodeSignedQuery,
  ephemeralKey,
  type QueryV2,
  type ReplySession,
  sealQuery,
} from "@pruntime/core/channel";
import type { Crypto, Random } from "@pruntime/core/crypto";
import type { Json } from "@pruntime/core/json";
import { type QuerySigner, signText } from "./signers/signer.ts";

/** The chain and the query key for which a query is sealed. */
export interface QueryRecipient {
  readonly genesisHash: Uint8Array;
  /** Uncompressed P-256, 65 bytes. The worker's identity key has signed it. */
  readonly queryKey: Uint8Array;
}

/** A request to a contract. */
export interface Asked {
  readonly contractId: number;
  readonly request: Json;
  /** If absent, the query is anonymous. */
  readonly signer: QuerySigner | undefined;
}

/** The blocks and times that a query names. */
export type QueryDates = Pick<QueryV2, "knownBlock" | "issuedAt" | "expiresAt" | "expiresAtMs">;

/** The input of a `query` call, and the session that opens the reply. */
export interface SealedQueryCall {
  readonly input: { readonly origin: null; readonly query_payload: string };
  readonly session: ReplySession;
}

/**
 * Signs a query, unless it is anonymous, and seals it.
 * @throws ChannelError `channel/bad-point`, `channel/bad-random`; the errors of the signer
 */
export async function makeSealedQuery(
  crypto: Crypto,
  random: Random,
  { genesisHash, queryKey }: QueryRecipient,
  { contractId, request, signer }: Asked,
  dates: QueryDates,
): Promise<SealedQueryCall> {
  const ephemeral = ephemeralKey(crypto, random);
  const seal = { genesisHash, queryKey, enc: ephemeral.publicKey };
  const queryPayload = encodeQueryV2({ ...dates, contractId, request, nonce: random(16), seal });
  const origin = signer && (await signText(signer, queryPayload));
  const content = encodeSignedQuery({ queryPayload, origin });
  const { payload, session } = sealQuery(crypto, ephemeral, { genesisHash, publicKey: queryKey }, content);
  return { input: { origin: null, query_payload: encodeQueryPayload(payload) }, session };
}
