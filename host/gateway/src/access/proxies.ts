/** Finds the client behind the proxies that the operator trusts. */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type Address, isInRange, readAddress, readRange } from "./address.ts";
import { type ForwardingHeader, readHops } from "./forwarded.ts";

/** How proxies name the client: in a header of each request, or at the beginning of each connection. */
export type ProxyHeader = ForwardingHeader | "proxy-protocol";

/** The proxies in front of a gateway. */
export interface ProxyOptions {
  /** The ranges of their addresses, in CIDR notation. */
  readonly trusted: readonly string[];
  /** How they name the client. Nothing else is read. Default: `x-forwarded-for`. */
  readonly header?: ProxyHeader;
}

/** The client that sent a request. */
export interface Client {
  readonly address: string | undefined;
  /** Whether the request came through a trusted proxy. */
  readonly viaProxy: boolean;
}

/** The trusted proxies. Headers of any other peer are ignored. */
export class Proxies {
  readonly #isTrusted: (address: Address | undefined) => boolean;
  readonly #header: ProxyHeader;
  /** The clients that proxies named at the beginning of their connections. */
  readonly #announced = new WeakMap<Duplex, string | undefined>();

  /** @throws {@link GatewayError} `gateway/bad-proxy-range` */
  constructor({ trusted, header = "x-forwarded-for" }: ProxyOptions = { trusted: [] }) {
    const ranges = trusted.map(readRange);
    this.#isTrusted = (address) => address !== undefined && ranges.some((range) => isInRange(address, range));
    this.#header = header;
  }

  /** Whether trusted proxies begin each connection with a header of the PROXY protocol, version 2. */
  get speakProxyProtocol(): boolean {
    return this.#header === "proxy-protocol";
  }

  /** Records the client that a proxy named at the beginning of a connection. */
  announced(socket: Duplex, client: string | undefined): void {
    this.#announced.set(socket, client);
  }

  /** Whether a socket's address is that of a trusted proxy. */
  isTrusted(address: string | undefined): boolean {
    return this.#isTrusted(readAddress(address ?? ""));
  }

  /**
   * Finds the client of a request: the one that the proxy named at the beginning of the connection, or else
   * the address nearest to the gateway that no trusted proxy has. Only trusted proxies appended the addresses
   * after it, so the client cannot forge it. If the header is malformed there or names no client, the last
   * trusted proxy is the client.
   */
  clientOf({ socket, headers }: Pick<IncomingMessage, "socket" | "headers">): Client {
    const peer = readAddress(socket.remoteAddress ?? "");
    if (!this.#isTrusted(peer)) return { address: socket.remoteAddress, viaProxy: false };
    if (this.#header === "proxy-protocol")
      return { address: this.#announced.get(socket) ?? socket.remoteAddress, viaProxy: true };
    let client = peer;
    const hops = [...readHops(this.#header, String(headers[this.#header] ?? ""))];
    for (let hop = hops.pop(); hop !== undefined && this.#isTrusted(client); hop = hops.pop()) client = hop;
    return { address: client?.toString(), viaProxy: true };
  }
}
