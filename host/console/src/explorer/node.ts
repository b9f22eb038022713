/** Reads blocks from the chain's node. What the node says is reported: nothing here proves it. */
import { from0x } from "@pruntime/core/bytes";
import { Reader, readCompact } from "@pruntime/core/scale";
import { nodeUrl } from "../session/commands.ts";

/** An extrinsic as the chain shows it. */
export interface ShownExtrinsic {
  readonly bytes: number;
  /** The account that signed it, 32 bytes; `undefined` for an extrinsic without a plain signer. */
  readonly signer: Uint8Array | undefined;
  /** Whether it contains a sealed command. */
  readonly isSealed: boolean;
}

/** A block as the node reports it. */
export interface ReportedBlock {
  readonly number: number;
  readonly hash: string;
  /** The block's own time in Unix milliseconds; `undefined` if the block sets none. */
  readonly timeMs: number | undefined;
  readonly extrinsics: readonly ShownExtrinsic[];
}

/**
 * How long the page waits for the node.
 * @limit ms
 * @source chosen
 * @past the view says that the node did not answer
 */
const nodeTimeoutMs = 10_000;

/** A connection to the node, for one view. */
export class NodeConnection {
  readonly #socket: WebSocket;
  readonly #open: Promise<unknown>;
  readonly #waiting = new Map<number, { take: (value: unknown) => void; fail: (error: Error) => void }>();
  #id = 0;

  constructor(url: string = nodeUrl()) {
    this.#socket = new WebSocket(url);
    this.#open = new Promise((resolve, reject) => {
      this.#socket.onopen = resolve;
      this.#socket.onclose = () => {
        const error = new Error("The chain's node cannot be reached through this server.");
        reject(error);
        for (const { fail } of this.#waiting.values()) fail(error);
      };
    });
    this.#open.catch(() => undefined); // each call reports it
    this.#socket.onmessage = ({ data }) => this.#take(String(data));
  }

  /** Calls a method of the node. */
  async call(method: string, params: readonly unknown[]): Promise<unknown> {
    await this.#open;
    const id = ++this.#id;
    let late: ReturnType<typeof setTimeout> | undefined;
    try {
      return await new Promise((take, fail) => {
        this.#waiting.set(id, { take, fail });
        late = setTimeout(() => fail(new Error("The chain's node did not answer.")), nodeTimeoutMs);
        this.#socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
      });
    } finally {
      clearTimeout(late);
      this.#waiting.delete(id);
    }
  }

  /** Ends the connection. */
  close(): void {
    this.#socket.close();
  }

  #take(text: string): void {
    const message = JSON.parse(text) as { id?: unknown; result?: unknown; error?: { message?: unknown } };
    const waiting = typeof message.id === "number" ? this.#waiting.get(message.id) : undefined;
    if (message.error === undefined) waiting?.take(message.result);
    else waiting?.fail(new Error(String(message.error.message).slice(0, 200)));
  }
}

/**
 * Reads a block by its number, or by its hash as `0x` and 64 hex digits. Returns `undefined` if the node
 * lacks the block.
 */
export async function readBlock(
  node: NodeConnection,
  at: number | string,
): Promise<ReportedBlock | undefined> {
  const hash = typeof at === "string" ? at : firstOf(await node.call("archive_v1_hashByHeight", [at]));
  if (hash === undefined) return undefined;
  const [header, body] = await Promise.all([
    node.call("archive_v1_header", [hash]),
    node.call("archive_v1_body", [hash]),
  ]);
  if (typeof header !== "string" || !Array.isArray(body)) return undefined;
  const extrinsics = body.filter((one) => typeof one === "string").map(from0x);
  return {
    number: numberIn(from0x(header)),
    hash,
    timeMs: timeIn(extrinsics[0]),
    extrinsics: extrinsics.map(shownOf),
  };
}

function firstOf(list: unknown): string | undefined {
  const first: unknown = Array.isArray(list) ? list[0] : undefined;
  return typeof first === "string" ? first : undefined;
}

/** The number in an encoded header, which begins with the parent's hash. */
function numberIn(header: Uint8Array): number {
  const r = new Reader(header);
  r.take(32);
  return Number(readCompact(r));
}

/** The time that the block's first extrinsic sets, if it is one of the pallet Timestamp. */
export function timeIn(extrinsic: Uint8Array | undefined): number | undefined {
  if (extrinsic === undefined || extrinsic.length > 24) return undefined;
  const r = new Reader(extrinsic);
  readCompact(r); // the extrinsic's length
  r.take(3); // version, pallet, call
  const timeMs = Number(readCompact(r));
  return timeMs > 1.4e12 && timeMs < 4e12 ? timeMs : undefined;
}

/** What the chain shows of an extrinsic. */
export function shownOf(extrinsic: Uint8Array): ShownExtrinsic {
  const r = new Reader(extrinsic);
  readCompact(r);
  const isSigned = r.left > 34 && (r.take(1)[0] ?? 0) >= 0x80;
  const signer = isSigned && r.take(1)[0] === 0 ? r.take(32) : undefined;
  const text = String.fromCharCode(...extrinsic.subarray(0, 400));
  return { bytes: extrinsic.length, signer, isSealed: /"(Sealed|Cipher)":/.test(text) };
}
