/**
 * Uses archive nodes for the states that a node has discarded. Full nodes keep the states of only the latest
 * 256 finalized blocks.
 */
import { RelayError } from "../error.ts";
import type { NodeConnection } from "./connection.ts";
import type { Endpoint } from "./endpoint.ts";

/**
 * After this many answers from archives, the relay tries the node itself again, because the relay may by now
 * need only states that the node keeps.
 */
const probeEvery = 64;

/**
 * Returns a connection that behaves like `connection`, except that the archives, in their order, answer
 * requests for state that the node has discarded. After such a request, the archives are asked first for some
 * time.
 * @param used is called with the archive that answered
 */
export function withArchives(
  connection: NodeConnection,
  archives: readonly Endpoint[],
  used: (archive: Endpoint) => void,
): NodeConnection {
  if (archives.length === 0) return connection;
  const open = new Map<Endpoint, Promise<NodeConnection>>();
  let fromArchive = 0;

  const connected = (archive: Endpoint): Promise<NodeConnection> => {
    const known = open.get(archive);
    if (known !== undefined) return known;
    const made = archive.connect();
    open.set(archive, made);
    made.then(({ closed }) => closed.then(() => open.delete(archive))).catch(() => open.delete(archive));
    return made;
  };

  const askArchives = async (
    method: string,
    params: readonly unknown[],
  ): Promise<{ readonly answer: unknown } | undefined> => {
    for (const archive of archives) {
      if (archive.restMs > 0) continue;
      try {
        const answer = await (await connected(archive)).request(method, ...params);
        used(archive);
        return { answer };
      } catch (error) {
        if (!(error instanceof RelayError)) throw error;
        archive.failed();
      }
    }
    return undefined;
  };

  const request = async (method: string, ...params: readonly unknown[]): Promise<unknown> => {
    if (!method.startsWith("state_")) return connection.request(method, ...params);
    if (fromArchive > 0 && fromArchive++ % probeEvery !== 0) {
      const found = await askArchives(method, params);
      if (found !== undefined) return found.answer;
    }
    try {
      const answer = await connection.request(method, ...params);
      fromArchive = 0;
      return answer;
    } catch (error) {
      if (!(error instanceof RelayError) || error.code !== "relay/state-discarded") throw error;
      const found = await askArchives(method, params);
      if (found === undefined) throw error;
      fromArchive = Math.max(1, fromArchive);
      return found.answer;
    }
  };

  const close = (): void => {
    connection.close();
    for (const made of open.values())
      made.then(
        (archive) => archive.close(),
        () => undefined,
      );
  };
  return { ...connection, request, close };
}
