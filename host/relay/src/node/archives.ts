/**
 * Replaces a node by archive nodes where it has discarded the state of a block: full nodes keep the states of
 * 256 final blocks.
 */
import { RelayError } from "../error.ts";
import type { Endpoint } from "./endpoint.ts";
import type { NodeConnection } from "./rpc.ts";

/**
 * After this many answers of archives, the node itself is tried again: the relay may have come near the head.
 */
const probeEvery = 64;

/**
 * As `connection`, except that archives answer, in their order, for state that the node has discarded.
 * @param used is called with the archive that has answered
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
