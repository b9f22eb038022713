/**
 * A worker that verifies as a real worker does, but executes nothing. It follows finality with the light
 * client, checks each block's proof, and records the relay's calls.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { GetStatus } from "@pruntime/api";
import {
  decodeBlockHeaderWithEvents,
  decodeBridgeInitInfo,
  decodeHeaderToSync,
  decodeSignedBlock,
} from "@pruntime/core/bridge-2020";
import { concat, equal, fromBase64, toBase64, toHex } from "@pruntime/core/bytes";
import { decodeReceivedHeader, headerHash } from "@pruntime/core/chain";
import { ProtocolError } from "@pruntime/core/errors";
import { decodeBody, extrinsicsRoot } from "@pruntime/core/extrinsics";
import {
  type FinalizedHeader,
  type LightClient,
  nothingStaged,
  type StagedHeaders,
  stageHeaders,
  startFromGenesis,
  verifyHeaders,
  verifyReceivedHeaders,
} from "@pruntime/core/light-client";
import { systemEventsKey, timestampNowKey } from "@pruntime/core/storage-key";
import { openStateProof } from "@pruntime/core/trie";
import { createNativeCrypto } from "@pruntime/crypto-native";

const crypto = await createNativeCrypto({ addons: true });
const zeros = new Uint8Array(32);
/** The relay does not check the worker's signatures. */
const signature = "00".repeat(64);

/** The keys that a worker reports in its status. */
export interface WorkerKeys {
  readonly publicKey: Uint8Array;
  readonly ecdhPublicKey: Uint8Array;
  readonly anchor: Uint8Array;
}

const jsonOf = ({ publicKey, ecdhPublicKey, anchor }: WorkerKeys) => ({
  public_key: toHex(publicKey),
  ecdh_public_key: toHex(ecdhPublicKey),
  anchor: toHex(anchor),
});

export interface FakeWorker {
  readonly url: string;
  /**
   * The accepted calls that carried headers or blocks, with the numbers of the first and the last block. For
   * `stage_piece`, `from` is the piece's offset and `to` is the length of all pieces together, in bytes.
   */
  readonly calls: (readonly [action: string, from: number, to: number])[];
  readonly finalized: () => number;
  readonly dispatched: () => number;
  readonly setId: () => bigint;
  readonly refuse: (code: string | undefined) => void;
  /** From now on, reports that it cannot read the runtime of blocks after its last dispatched block. */
  readonly stopReading: (code: string) => void;
  /** From now on, has no memory for the commands of this block; for `undefined`, for those of any block. */
  readonly fillAt: (number: number | undefined) => void;
  /** The input of `init_runtime` that the worker received. */
  readonly initInput: () => Readonly<Record<string, unknown>> | undefined;
  /** Refuses calls with more headers or blocks than `count`. The default code is `http/too-large`. */
  readonly takeAtMost: (count: number, code?: string) => void;
  /** From now on, requests the bodies of these blocks before it dispatches them. */
  readonly wantBodies: (numbers: readonly number[]) => void;
  /** From now on, reports that it reads commands from bodies, so the relay sends whole blocks. */
  readonly readBodies: () => void;
  /** The operators that `set_operator` named, in order. */
  readonly operators: readonly string[];
  /** From now on, reports these keys and returns this evidence. */
  readonly attest: (keys: WorkerKeys, evidence: (nonce: string) => object) => void;
  /** Discards the staged headers, like a worker that restarts. */
  readonly forgetStaged: () => void;
  /** The code of the latest refusal, or the text of the latest error if the error has no code. */
  readonly refused: () => string | undefined;
  readonly close: () => Promise<void>;
}

export async function startFakeWorker(port = 0): Promise<FakeWorker> {
  const calls: (readonly [string, number, number])[] = [];
  const roots = new Map<number, FinalizedHeader>();
  let client: LightClient | undefined;
  let staged: StagedHeaders | undefined;
  const pieces = new Map<string, { readonly bytes: Uint8Array; readonly total: number }>();
  let dispatched = 0;
  const operators: string[] = [];
  let refusal: string | undefined;
  let refused: string | undefined;
  let unreadable: { readonly code: string; readonly since: number } | null = null;
  let fullAt: number | undefined;
  let full: GetStatus["state_full"] = null;
  let initInput: Readonly<Record<string, unknown>> | undefined;
  let wanted: readonly number[] = [];
  let most = Number.POSITIVE_INFINITY;
  let tooMany = "http/too-large";
  let source: "events" | "bodies" = "events";
  let keys = jsonOf({ publicKey: new Uint8Array(33), ecdhPublicKey: new Uint8Array(65), anchor: zeros });
  let evidence: (nonce: string) => object = () => ({});

  function act(action: string, input: Record<string, unknown>): unknown {
    switch (action) {
      case "get_status":
        return status();
      case "set_operator":
        operators.push(String(input["operator"]));
        return input;
      case "registration_evidence":
        return {
          ...keys,
          evidence: evidence(String(input["nonce"])),
          lineage: [],
          operator: operators.at(-1),
        };
      case "init_runtime":
        initInput = input;
        client = startFromGenesis(
          crypto,
          decodeBridgeInitInfo(fromBase64(String(input["bridge_genesis_info_b64"]))),
        );
        return {
          attestation: { payload: {}, provider: "simulated", version: 1 },
          ecdh_public_key: keys.ecdh_public_key,
          public_key: keys.public_key,
        };
      case "sync_header":
        return syncHeader(input["headers_b64"] as string[]);
      case "stage_header":
        return stageHeader(input["headers_b64"] as string[]);
      case "stage_piece":
        return stagePiece(input as never);
      case "dispatch_block":
        return dispatchBlock(
          [...(input["blocks_b64"] as string[]), ...stagedPart("block", input)],
          [...((input["bodies_b64"] ?? []) as string[]), ...stagedPart("body", input)],
        );
      case "sync_block":
        return syncBlock(String(input["data"]));
      default:
        throw new Error(action);
    }
  }

  function status(): GetStatus {
    const name = (number: number, hash = toHex(zeros)) => ({ hash, number });
    return {
      ...keys,
      authorities: null,
      below_mark: false,
      mark: null,
      chain_time_ms: "0",
      channel_v1: false,
      contracts: [],
      measurement: toHex(zeros),
      provider: "simulated",
      rules: 1,
      query_key: null,
      query_life: null,
      policy: null,
      policy_authority: null,
      recovery_keys: null,
      runtime_unreadable: unreadable,
      state_full: full,
      state_root: "",
      version: "0",
      initialized: client !== undefined,
      genesis_hash: client === undefined ? "" : toHex(client.genesisHash),
      command_source: client === undefined ? null : source,
      meaning: client === undefined ? null : "proven",
      genesis_balance: client === undefined ? null : "none",
      parachain: null,
      finalized: client === undefined ? null : name(client.finalized.number, toHex(client.finalized.hash)),
      dispatched: client === undefined ? null : name(dispatched),
      staged: shownTip(),
    };
  }

  function syncHeader(headers: readonly string[]): unknown {
    const decoded = headers.map((header) => decodeHeaderToSync(fromBase64(header)));
    const justification = decoded.at(-1)!.justification!;
    const batch = verifyReceivedHeaders(crypto, client!, { headers: decoded, justification }, staged);
    for (const header of [...batch.staged, ...batch.finalized]) roots.set(header.number, header);
    client = batch.next;
    staged = nothingStaged(client);
    calls.push(["sync_header", decoded[0]!.header.number, decoded.at(-1)!.header.number]);
    return { synced_to: client.finalized.number };
  }

  function stageHeader(headers: readonly string[]): unknown {
    const decoded = headers.map((header) => decodeReceivedHeader(fromBase64(header)));
    staged = stageHeaders(crypto, client!, staged ?? nothingStaged(client!), decoded);
    calls.push(["stage_header", decoded[0]!.header.number, staged.headers.tip.number]);
    return { staged_to: staged.headers.tip.number };
  }

  function shownTip(): GetStatus["staged"] {
    if (staged === undefined || staged.headers.length === 0) return null;
    const { number, hash } = staged.headers.tip;
    return { number, hash: toHex(hash) };
  }

  function stagePiece(piece: { part: string; offset: number; total: number; piece_b64: string }): unknown {
    const { part, offset, total, piece_b64 } = piece;
    const held = offset === 0 ? new Uint8Array() : pieces.get(part)!.bytes;
    if (held.length !== offset) throw new ProtocolError({ code: "dispatch/wrong-piece" });
    const bytes = concat(held, fromBase64(piece_b64));
    pieces.set(part, { bytes, total });
    calls.push(["stage_piece", offset, total]);
    return { staged: bytes.length };
  }

  function stagedPart(part: string, input: Record<string, unknown>): string[] {
    const named = (input["staged"] ?? []) as string[];
    if (!named.includes(part)) return [];
    const staged = pieces.get(part);
    if (staged === undefined || staged.bytes.length < staged.total)
      throw new ProtocolError({ code: "dispatch/missing-pieces" });
    return [toBase64(staged.bytes)];
  }

  function syncBlock(data: string): unknown {
    const { header, encodedHeader, justification, extrinsics } = decodeSignedBlock(fromBase64(data));
    if (!equal(header.extrinsicsRoot, extrinsicsRoot(crypto, extrinsics))) throw new Error("body");
    client = verifyHeaders(crypto, client!, { headers: [encodedHeader], justification: justification! }).next;
    dispatched = header.number;
    calls.push(["sync_block", dispatched, dispatched]);
    return { synced_to: dispatched };
  }

  function dispatchBlock(blocks: readonly string[], bodies: readonly string[]): unknown {
    const decoded = blocks.map((block) => decodeBlockHeaderWithEvents(fromBase64(block)));
    const given = new Map(
      bodies.map((body) => decodeBody(fromBase64(body))).map((body) => [body.number, body]),
    );
    const lacking = decoded
      .map(({ header }) => header.number)
      .filter((number) => wanted.includes(number) && !given.has(number));
    for (const { header, encodedHeader, events, proof } of decoded) {
      const known = roots.get(header.number)!;
      if (header.number !== dispatched + 1 || !equal(headerHash(crypto, encodedHeader), known.hash))
        throw new Error("order");
      if (header.number === lacking[0]) break;
      if (header.number === fullAt) {
        if (header !== decoded[0]?.header) break;
        full = { bytes: "12", limit: "10", since: fullAt };
        throw new ProtocolError({ code: "executor/state-full" });
      }
      const body = given.get(header.number);
      if (body !== undefined && !equal(extrinsicsRoot(crypto, body.extrinsics), known.extrinsicsRoot))
        throw new Error("body");
      const state = openStateProof(crypto.blake2b256, known.stateRoot, proof!);
      const proven = state.read(systemEventsKey(crypto))!;
      if (!equal(proven, events ?? proven) || !state.covers(timestampNowKey(crypto)))
        throw new Error("proof");
      dispatched = header.number;
    }
    if (lacking.length === 0) pieces.clear();
    calls.push(["dispatch_block", decoded[0]!.header.number, dispatched]);
    return { dispatched_to: dispatched, ...(lacking.length === 0 ? {} : { bodies_wanted: lacking }) };
  }

  const server = createServer((request, response) => void answer(request, response));
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { input } = JSON.parse(Buffer.concat(chunks).toString()) as { input: Record<string, unknown> };
    const action = (request.url ?? "").slice(1);
    try {
      if (((input["headers_b64"] ?? input["blocks_b64"] ?? []) as unknown[]).length > most)
        throw new ProtocolError({ code: tooMany });
      if (refusal !== undefined && action !== "get_status") throw new ProtocolError({ code: refusal });
      response.end(JSON.stringify({ payload: JSON.stringify(act(action, input)), signature, status: "ok" }));
    } catch (error) {
      const code = error instanceof ProtocolError ? error.code : String(error);
      refused = code;
      response.writeHead(400).end(JSON.stringify({ code, message: "", status: "error" }));
    }
  }
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    finalized: () => client?.finalized.number ?? -1,
    dispatched: () => dispatched,
    setId: () => client?.authorities.setId ?? -1n,
    stopReading: (code) => {
      unreadable = { code, since: dispatched + 1 };
    },
    fillAt: (number) => {
      fullAt = number;
      full = null;
    },
    initInput: () => initInput,
    refuse: (code) => {
      refusal = code;
    },
    takeAtMost: (count, code = "http/too-large") => {
      most = count;
      tooMany = code;
    },
    wantBodies: (numbers) => {
      wanted = numbers;
    },
    readBodies: () => {
      source = "bodies";
    },
    operators,
    attest: (attested, answer) => {
      keys = jsonOf(attested);
      evidence = answer;
    },
    forgetStaged: () => {
      staged = undefined;
    },
    refused: () => refused,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
