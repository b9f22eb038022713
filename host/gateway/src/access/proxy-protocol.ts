/**
 * Reads the header of the PROXY protocol, version 2, with which a proxy of TCP connections names the client
 * at the beginning of each connection. Version 1, which is text, is refused.
 *
 * `header = signature(12) ‖ version and command(1) ‖ family and transport(1) ‖ length(2) ‖ addresses ‖ TLVs`
 *
 * @see https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt
 */
import type { Socket } from "node:net";
import ipaddr from "ipaddr.js";

const signature = Buffer.from("\r\n\r\n\0\r\nQUIT\n", "latin1");
/**
 * The length of a header's fixed part.
 * @format
 */
const fixedBytes = 16;
/**
 * The addresses and TLVs in a header of the PROXY protocol.
 * @limit bytes
 * @source chosen: the largest known TLVs take a few hundred
 * @past the connection is closed
 */
const maxRestBytes = 4096;

/** Version 2 with the command of a connection that the proxy makes for itself, and for a client. */
const [local, proxied] = [0x20, 0x21] as const;
/** The bytes of one address and of both addresses with their ports, of TCP over IPv4 and IPv6. */
const families: Readonly<Record<number, readonly [address: number, all: number]>> = {
  17: [4, 12],
  33: [16, 36],
};

/**
 * Reads the client's address from the header's fixed part and the rest. Returns `null` if the proxy speaks
 * for itself, or for a client that has no IP address, and `undefined` for a header that is malformed.
 */
export function decodeProxyHeader(fixed: Buffer, rest: Buffer): string | null | undefined {
  if (restBytes(fixed) !== rest.length) return undefined;
  const family = fixed[13] ?? 0;
  if (fixed[12] === local || family === 0) return null;
  const sizes = families[family];
  if (sizes === undefined || rest.length < sizes[1]) return undefined;
  return ipaddr.process(ipaddr.fromByteArray([...rest.subarray(0, sizes[0])]).toString()).toString();
}

/** The length of the rest; `undefined` if the fixed part is malformed or the rest is too long. */
function restBytes(fixed: Buffer): number | undefined {
  if (fixed.length !== fixedBytes || !fixed.subarray(0, 12).equals(signature)) return undefined;
  if (fixed[12] !== local && fixed[12] !== proxied) return undefined;
  const bytes = fixed.readUInt16BE(14);
  return bytes > maxRestBytes ? undefined : bytes;
}

/**
 * Reads the header from a new connection and leaves all bytes after it unread. `done` is called once, with
 * the result of {@link decodeProxyHeader}, unless the connection ends before.
 */
export function readProxyHeader(socket: Socket, done: (client: string | null | undefined) => void): void {
  let fixed: Buffer | null = null;
  const finish = (client: string | null | undefined) => {
    socket.off("readable", read);
    done(client);
  };
  const read = () => {
    fixed ??= socket.read(fixedBytes) as Buffer | null;
    if (fixed === null) return;
    const bytes = restBytes(fixed);
    if (bytes === undefined) return finish(undefined);
    const rest = bytes === 0 ? Buffer.alloc(0) : (socket.read(bytes) as Buffer | null);
    if (rest !== null) finish(decodeProxyHeader(fixed, rest));
  };
  socket.on("readable", read);
}
