import type { Command } from "commander";

/** The commands that run for long, by name. Each loads only its own modules. */
export const services: Readonly<Record<string, () => Promise<(program: Command) => void>>> = {
  up: async () => (await import("./up.ts")).registerUp,
  chain: async () => (await import("./chain.ts")).registerChain,
  worker: async () => (await import("./worker.ts")).registerWorker,
  relay: async () => (await import("./relay.ts")).registerRelay,
};
