/** The gateway serves the REST interface, runs the enclave, and stores the enclave's sealed blobs. */
import type { AddressInfo } from "node:net";
import { resolve } from "node:path";
import { maxFrameBytes } from "@pruntime/api/frames";
import type { FastifyInstance } from "fastify";
import type { OperatorRules } from "./access/operator.ts";
import type { EnclaveStart } from "./enclave/process.ts";
import { type EnclaveStatus, Supervisor, type SupervisorOptions } from "./enclave/supervisor.ts";
import { GatewayError } from "./error.ts";
import { type EvidenceOptions, replyEndorser } from "./evidence/endorse.ts";
import type { RateLimit } from "./http/actions.ts";
import { createServer, type ServerOptions } from "./http/server.ts";
import { type LogOptions, openLog } from "./log.ts";
import { createMetrics } from "./metrics.ts";
import { boundStore } from "./store/bounded.ts";
import { openLmdbStore } from "./store/lmdb.ts";
import type { BlobStore } from "./store/store.ts";

/** What a gateway serves, which enclave it runs, and where it stores data. */
export interface GatewayOptions extends EnclaveStart {
  /** The directory of the sealed blobs. The gateway locks it. */
  readonly dataDir: string;
  /** The address on which the gateway listens. Default: 127.0.0.1. */
  readonly host?: string;
  /** The port. Default: 0, which selects any free port. */
  readonly port?: number;
  /** Serves the `test` action. Default: false. */
  readonly devTest?: boolean;
  readonly operator?: OperatorRules;
  /** The folder of a built web page, which the gateway serves at `/`. */
  readonly consoleDir?: string;
  /** The JSON `{policy, anchor}` with which the page verifies its worker. */
  readonly trust?: string;
  /** The program's version, shown in the docs. */
  readonly version?: string;
  readonly log?: LogOptions;
  readonly rateLimit?: Partial<RateLimit>;
  readonly limits?: Partial<GatewayLimits>;
  /** The services that publish endorsements of the hardware. */
  readonly evidence?: EvidenceOptions;
  /** Replaces the store in `dataDir`. The gateway then does not use or lock that directory. */
  readonly store?: BlobStore;
}

/** Sizes and time limits. The defaults fit one worker and its relay. */
export type GatewayLimits = Pick<
  SupervisorOptions,
  "queues" | "callTimeoutMs" | "queueTimeoutMs" | "bootTimeoutMs" | "restart" | "closeGraceMs"
> &
  Pick<ServerOptions, "requestTimeoutMs" | "maxConnections">;

const defaultLimits: GatewayLimits = {
  queues: { operator: { total: 16, perKey: 16 }, public: { total: 256, perKey: 64 } },
  callTimeoutMs: 60_000,
  queueTimeoutMs: 30_000,
  bootTimeoutMs: 60_000,
  restart: { minMs: 200, maxMs: 30_000 },
  closeGraceMs: 5_000,
  requestTimeoutMs: 120_000,
  maxConnections: 512,
};
const defaultRateLimit: RateLimit = { max: 300, windowMs: 60_000, exemptLoopback: true };

/** A running gateway. */
export interface Gateway {
  /** The gateway's URL on this machine, without a trailing slash. */
  readonly url: string;
  readonly port: number;
  readonly enclave: () => EnclaveStatus;
  /**
   * Waits a limited time for the calls that were sent to the enclave, ends the enclave, and releases the data
   * directory.
   */
  readonly close: () => Promise<void>;
}

/**
 * Starts a gateway and resolves when its enclave accepts calls.
 * @throws GatewayError `gateway/data-locked`, `gateway/port-taken`, `gateway/weak-token`,
 * `gateway/no-bundle`, `gateway/boot-failed`
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const log = openLog(options.log ?? {});
  const limits = { ...defaultLimits, ...options.limits };
  const { devTest = false, host = "127.0.0.1" } = options;
  const store = options.store ?? (await openLmdbStore(options.dataDir));
  const supervisor = new Supervisor({
    ...limits,
    window: 2,
    start: options,
    settings: { devTest },
    store: boundStore(store, maxFrameBytes - 1024),
    log,
  });
  const status = () => supervisor.status;
  const server = () =>
    createServer({
      ...limits,
      call: (call) => supervisor.calls.call(call),
      status,
      metrics: createMetrics({ status, waiting: (lane) => supervisor.calls.waiting(lane) }),
      devTest,
      endorseReply: replyEndorser(options.evidence ?? {}, log),
      operator: options.operator ?? {},
      rateLimit: { ...defaultRateLimit, ...options.rateLimit },
      consoleDir: options.consoleDir === undefined ? undefined : resolve(options.consoleDir),
      trust: options.trust,
      version: options.version ?? "0.0.0",
      log,
    });

  let app: FastifyInstance | undefined;
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= (async () => {
      await supervisor.close();
      if (app !== undefined) await closeServer(app, limits.closeGraceMs);
      await store.close();
    })();
    return closing;
  };
  try {
    app = await server();
    const address = await listen(app, host, options.port ?? 0);
    await supervisor.start();
    return { url: urlOf(address), port: address.port, enclave: status, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function listen(app: FastifyInstance, host: string, port: number): Promise<AddressInfo> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    throw new GatewayError({ code: "gateway/port-taken", port }, { cause: error });
  }
  return app.server.address() as AddressInfo;
}

/**
 * Closes the server. Waits a limited time for replies that are being sent, and then closes their connections.
 */
async function closeServer(app: FastifyInstance, graceMs: number): Promise<void> {
  const cut = setTimeout(() => app.server.closeAllConnections(), graceMs);
  await app.close();
  clearTimeout(cut);
}

/** The gateway's URL on this machine. */
function urlOf({ address, family, port }: AddressInfo): string {
  if (address === "0.0.0.0" || address === "::") return `http://127.0.0.1:${port}`;
  return family === "IPv6" ? `http://[${address}]:${port}` : `http://${address}:${port}`;
}
