/** The gateway serves the REST interface, runs the enclave, and stores the enclave's sealed blobs. */
import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { maxFrameBytes } from "@pruntime/api/frames";
import type { FastifyInstance } from "fastify";
import type { ConnectionLimits } from "./access/connections.ts";
import { closedGate, gateOf2020, tokenGate } from "./access/operator.ts";
import { Proxies, type ProxyOptions } from "./access/proxies.ts";
import { places } from "./enclave/lane.ts";
import type { EnclaveStart } from "./enclave/process.ts";
import { type EnclaveStatus, Supervisor, type SupervisorOptions } from "./enclave/supervisor.ts";
import { GatewayError } from "./error.ts";
import { type EvidenceOptions, replyEndorser } from "./evidence/endorse.ts";
import { type ListenAddress, listen } from "./http/listen.ts";
import { createOperatorServer, createServer, type ServerOptions } from "./http/server.ts";
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
  readonly operator?: OperatorOptions;
  /** The folder of a built web page, which the gateway serves at `/`. */
  readonly consoleDir?: string;
  /** The JSON `{policy, anchor}` with which the page verifies its worker. */
  readonly trust?: string;
  /** The program's version, shown in the docs. */
  readonly version?: string;
  readonly log?: LogOptions;
  readonly limits?: Partial<GatewayLimits>;
  /** The proxies in front of the public address. Default: none. */
  readonly proxies?: ProxyOptions;
  /** The services that publish endorsements of the hardware. */
  readonly evidence?: EvidenceOptions;
  /** Replaces the store in `dataDir`. The gateway then does not use or lock that directory. */
  readonly store?: BlobStore;
}

/** Where the gateway serves operator calls, and which token they need. */
export interface OperatorOptions {
  /** The operator's own address. Default: any free port of 127.0.0.1. */
  readonly listen?: ListenAddress;
  /** The token that every request at this address needs, at least 16 characters. Default: a random one. */
  readonly token?: string;
  /**
   * Also serves operator calls at the public address, to direct callers on this machine and without a token,
   * as in 2020. Production mode refuses this option. Default: false.
   */
  readonly as2020?: boolean;
}

/** Sizes and time limits. The defaults fit one worker and its relay. */
export type GatewayLimits = Pick<
  SupervisorOptions,
  "queues" | "silenceMs" | "queueTimeoutMs" | "bootTimeoutMs" | "restart" | "closeGraceMs"
> &
  Pick<ServerOptions, "requestTimeoutMs" | "replyTimeoutMs"> &
  ConnectionLimits & {
    /** As `requestTimeoutMs`, for the operator's own address. */
    readonly operatorRequestTimeoutMs: number;
  };

const defaultLimits: GatewayLimits = {
  queues: {
    operator: { calls: 16, bytes: 16 * maxFrameBytes },
    status: { calls: 64, bytes: 2 ** 20 },
    public: { calls: 1024, bytes: 64 * 2 ** 20 },
    evidence: { calls: 256, bytes: 4 * 2 ** 20 },
  },
  silenceMs: 30_000,
  queueTimeoutMs: 30_000,
  bootTimeoutMs: 60_000,
  restart: { minMs: 200, maxMs: 30_000 },
  closeGraceMs: 5_000,
  requestTimeoutMs: 30_000,
  operatorRequestTimeoutMs: 120_000,
  replyTimeoutMs: 30_000,
  headersTimeoutMs: 10_000,
  maxConnections: 4096,
  connectionsPerNetwork: 128,
};

/** A running gateway. */
export interface Gateway {
  /** The gateway's URL on this machine, without a trailing slash. */
  readonly url: string;
  readonly port: number;
  /** The operator's own address, `http://HOST:PORT` or `unix:PATH`, and the token for it. */
  readonly operator: { readonly url: string; readonly token: string };
  readonly enclave: () => EnclaveStatus;
  /**
   * Waits a limited time for the calls that were sent to the enclave, ends the enclave, and releases the data
   * directory.
   */
  readonly close: () => Promise<void>;
}

/**
 * Starts a gateway and resolves when its enclave accepts calls.
 * @throws GatewayError `gateway/data-locked`, `gateway/port-taken`, `gateway/socket-taken`,
 * `gateway/weak-token`, `gateway/bad-proxy-range`, `gateway/production-2020`, `gateway/no-bundle`,
 * `gateway/boot-failed`
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const log = openLog(options.log ?? {});
  const limits = { ...defaultLimits, ...options.limits };
  const { devTest = false, host = "127.0.0.1", operator = {} } = options;
  if (operator.as2020 === true && options.hardware?.production === true)
    throw new GatewayError({ code: "gateway/production-2020" });
  const token = operator.token ?? randomBytes(32).toString("hex");
  const operatorGate = tokenGate(token);
  const proxies = new Proxies(options.proxies);
  const store = options.store ?? (await openLmdbStore(options.dataDir));
  const supervisor = new Supervisor({
    ...limits,
    places,
    start: options,
    settings: { devTest },
    store: boundStore(store, maxFrameBytes - 1024),
    log,
  });
  const status = () => supervisor.status;
  const services: Omit<ServerOptions, "gate" | "proxies"> = {
    ...limits,
    call: (call) => supervisor.calls.call(call),
    status,
    metrics: createMetrics({ status, waiting: (lane) => supervisor.calls.waiting(lane) }),
    devTest,
    endorseReply: replyEndorser(options.evidence ?? {}, log),
    consoleDir: options.consoleDir === undefined ? undefined : resolve(options.consoleDir),
    trust: options.trust,
    version: options.version ?? "0.0.0",
    log,
  };

  const apps: FastifyInstance[] = [];
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= (async () => {
      await supervisor.close();
      await Promise.all(apps.map((app) => closeServer(app, limits.closeGraceMs)));
      await store.close();
    })();
    return closing;
  };
  try {
    const gate = operator.as2020 === true ? gateOf2020 : closedGate;
    const app = await createServer({ ...services, gate, proxies });
    apps.push(app);
    const operatorApp = createOperatorServer({
      ...services,
      gate: operatorGate,
      proxies: new Proxies(),
      requestTimeoutMs: limits.operatorRequestTimeoutMs,
      replyTimeoutMs: limits.operatorRequestTimeoutMs,
    });
    apps.push(operatorApp);
    const url = await listen(app, { host, port: options.port ?? 0 });
    const operatorUrl = await listen(operatorApp, operator.listen ?? { host: "127.0.0.1", port: 0 });
    await supervisor.start();
    const port = Number(new URL(url).port);
    return { url, port, operator: { url: operatorUrl, token }, enclave: status, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * Closes the server. Waits a limited time for replies that are being sent, and then closes their connections.
 */
async function closeServer(app: FastifyInstance, graceMs: number): Promise<void> {
  const cut = setTimeout(() => app.server.closeAllConnections(), graceMs);
  await app.close();
  clearTimeout(cut);
}
