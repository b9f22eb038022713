/**
 * Runs a gateway with its enclave in a process of its own: `worker.ts FOLDER`. Prints its port, the URL of
 * the operator's address and the operator's token, as JSON.
 */
import { join } from "node:path";
import { startGateway } from "@pruntime/gateway";

const [dataDir = ""] = process.argv.slice(2);
const bundle = join(import.meta.dirname, "../../enclave/dist/enclave.mjs");
const { port, operator, close } = await startGateway({ bundle, dataDir, log: { level: "silent" } });
process.stdout.write(JSON.stringify({ port, ...operator }));
process.once("SIGTERM", () => void close().then(() => process.exit(0)));
