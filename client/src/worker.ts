/** Which worker a client believes, and what it wants of every reply. */
import type { GetStatus } from "@pruntime/api";
import { equal, fromHex, toHex } from "@pruntime/core/bytes";
import {
  type JsonReader,
  jsonAny,
  jsonArray,
  jsonBool,
  jsonNullable,
  jsonObject,
  jsonString,
  jsonU32,
} from "@pruntime/core/json";
import type { Statement } from "@pruntime/core/statement";
import { ClientError } from "./error.ts";

/** The keys and the chain of a worker that this client has accepted. */
export interface TrustedWorker {
  /** Identity key: compressed secp256k1, 33 bytes. */
  readonly publicKey: Uint8Array;
  /** Key agreement key: uncompressed P-256, 65 bytes. */
  readonly ecdhPublicKey: Uint8Array;
  readonly genesisHash: Uint8Array;
  /** What the worker was told to trust; 32 bytes. */
  readonly anchor: Uint8Array;
}

/** How old an answer may be. */
export interface Freshness {
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Largest age of the chain time an answer holds as of, in milliseconds. */
  readonly maxAgeMs: number;
}

/** @throws {@link ClientError} `client/wrong-chain`, `client/stale` */
export function checkStatement(trusted: TrustedWorker, freshness: Freshness, statement: Statement): void {
  if (!equal(statement.genesisHash, trusted.genesisHash) || !equal(statement.anchor, trusted.anchor))
    throw new ClientError({ code: "client/wrong-chain" });
  const age = BigInt(Math.floor(freshness.now())) - statement.chainTimeMs;
  if (age > BigInt(freshness.maxAgeMs))
    throw new ClientError({
      code: "client/stale",
      chainTimeMs: statement.chainTimeMs,
      maxAgeMs: freshness.maxAgeMs,
    });
}

const blockName = jsonObject({ hash: jsonString(), number: jsonU32 }, "ignored");

/** Reads the payload of `get_status`. @throws JsonError */
export const readStatus: JsonReader<GetStatus> = jsonObject(
  {
    anchor: jsonString(),
    authorities: jsonNullable(jsonObject({ count: jsonU32, set_id: jsonString() }, "ignored")),
    chain_time_ms: jsonString(),
    command_source: jsonNullable(jsonAny as JsonReader<"events" | "bodies">),
    contracts: jsonArray(jsonObject({ id: jsonU32, name: jsonString() }, "ignored"), 1000),
    dispatched: jsonNullable(blockName),
    ecdh_public_key: jsonString(),
    finalized: jsonNullable(blockName),
    genesis_hash: jsonString(),
    initialized: jsonBool,
    measurement: jsonString(),
    parachain: jsonNullable(jsonObject({ id: jsonU32, relay: blockName }, "ignored")),
    provider: jsonString(),
    public_key: jsonString(),
    state_root: jsonString(),
    version: jsonString(),
  },
  "ignored",
);

/** The keys a status names. @throws {@link ClientError} `client/not-initialized`; BytesError */
export function workerOf(status: GetStatus): TrustedWorker {
  if (!status.initialized) throw new ClientError({ code: "client/not-initialized" });
  return {
    publicKey: fromHex(status.public_key),
    ecdhPublicKey: fromHex(status.ecdh_public_key),
    genesisHash: fromHex(status.genesis_hash),
    anchor: fromHex(status.anchor),
  };
}

/** Whether two descriptions name the same worker. */
export function sameWorker(a: TrustedWorker, b: TrustedWorker): boolean {
  return workerText(a) === workerText(b);
}

function workerText({ publicKey, ecdhPublicKey, genesisHash, anchor }: TrustedWorker): string {
  return [publicKey, ecdhPublicKey, genesisHash, anchor].map(toHex).join(" ");
}
