/** A connection whose bytes reach the HTTP parser only in its caller's turns. */
import type { Socket } from "node:net";
import { Duplex } from "node:stream";

/**
 * The bytes that one turn passes to the parser.
 * @limit bytes
 * @source chosen: a usual query fits, and a parser finds few requests in them
 * @past the rest waits for the caller's next turns; the kernel holds back what the socket has no room for
 */
const turnBytes = 4096;

/** When a connection may be read. */
export interface Pacing {
  /** Calls `read` when it is the caller's turn. Returns a function that withdraws it. */
  readonly wait: (read: () => void) => () => void;
  /** Whether the next bytes may be read. After a change to true, {@link PacedSocket.ask} must be called. */
  readonly mayRead: () => boolean;
}

/**
 * Wraps a TCP connection for Node's HTTP server, which accepts any duplex stream. Bytes that arrived wait in
 * the socket's bounded buffer, and after that in the kernel, which holds back the sender.
 */
export class PacedSocket extends Duplex {
  readonly #socket: Socket;
  readonly #pacing: Pacing;
  /** Whether the parser wants bytes. */
  #wanted = false;
  #withdraw: (() => void) | undefined;

  constructor(socket: Socket, pacing: Pacing) {
    super({ decodeStrings: false });
    this.#socket = socket;
    this.#pacing = pacing;
    socket.on("readable", () => {
      if (socket.readableLength === 0) socket.read(0); // the end of the stream
      this.ask();
    });
    socket.on("end", () => this.push(null));
    socket.on("timeout", () => this.emit("timeout"));
    socket.on("error", () => undefined); // "close" follows
    socket.once("close", () => this.destroy());
  }

  /** The peer's address, which the HTTP server and its handlers read. */
  get remoteAddress(): string | undefined {
    return this.#socket.remoteAddress;
  }

  /** As of `net.Socket`. The HTTP server closes connections without requests by this timeout. */
  setTimeout(ms: number, listener?: () => void): this {
    if (listener !== undefined) this.once("timeout", listener);
    this.#socket.setTimeout(ms);
    return this;
  }

  /** As of `net.Socket`: closes the connection when everything is written. */
  destroySoon(): void {
    this.end(() => this.destroy());
  }

  /** Asks for a turn, if there are bytes that may be read. */
  ask(): void {
    if (!this.#wanted || this.#withdraw !== undefined || this.#socket.readableLength === 0) return;
    if (this.#pacing.mayRead()) this.#withdraw = this.#pacing.wait(() => this.#takeTurn());
  }

  #takeTurn(): void {
    this.#withdraw = undefined;
    const bytes = this.#socket.read(Math.min(turnBytes, this.#socket.readableLength)) as Buffer | null;
    if (bytes === null) return;
    this.#wanted = false;
    this.push(bytes);
    if (this.#socket.readableLength === 0) this.#socket.read(0); // the end of the stream may have come
  }

  override _read(): void {
    this.#wanted = true;
    this.ask();
  }

  override _write(chunk: string | Uint8Array, encoding: BufferEncoding, done: (error?: Error) => void): void {
    this.#socket.write(chunk, encoding, (error) => done(error ?? undefined));
  }

  override _writev(
    chunks: { readonly chunk: string | Uint8Array; readonly encoding: BufferEncoding }[],
    done: (error?: Error) => void,
  ): void {
    const last = chunks.pop();
    this.#socket.cork();
    for (const { chunk, encoding } of chunks) this.#socket.write(chunk, encoding);
    if (last !== undefined) this._write(last.chunk, last.encoding, done);
    this.#socket.uncork();
  }

  override _final(done: (error?: Error) => void): void {
    this.#socket.end(() => done());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#withdraw?.();
    this.#socket.destroy();
    done(error);
  }
}
