/** Runs a gateway with its enclave in a process of its own: `worker.ts FOLDER`. Prints the port. */
import { join } from "node:path";
import { startGateway } from "@pruntime/gateway";

const [dataDir = ""] = process.argv.slice(2);
const bundle = join(import.meta.dirname, "../../enclave/dist/enclave.mjs");
const gateway = await startGateway({ bundle, dataDir, operator: { as2020: true }, log: { level: "silent" } });
process.stdout.write(`${gateway.port}\n`);
process.once("SIGTERM", () => void gateway.close().then(() => process.exit(0)));
