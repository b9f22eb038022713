/** Finds free ports. */
import { createServer } from "node:net";
import { CliError } from "../error.ts";

const attempts = 50;

/**
 * Returns the wanted port if it is free. Otherwise, returns the first free port above it. Port 0, which means
 * any free port, is returned unchanged.
 * @throws {@link CliError} `cli/no-port`, `cli/bad-host`
 */
export async function freePort(wanted: number, host = "127.0.0.1"): Promise<number> {
  if (wanted === 0) return 0;
  for (let port = wanted; port < Math.min(wanted + attempts, 65_536); port++)
    if (await isFree(port, host)) return port;
  throw new CliError({ code: "cli/no-port", wanted });
}

/**
 * Returns false if the port is in use, or if only the superuser may use it; a higher port may be free.
 * Throws if the address is not this machine's, because then no port is free.
 */
function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE" || error.code === "EACCES") resolve(false);
      else reject(new CliError({ code: "cli/bad-host", host, reason: error.message }, { cause: error }));
    });
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}
