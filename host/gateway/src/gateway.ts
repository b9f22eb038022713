/** The gateway serves the REST interface, runs the enclave, and stores the enclave's sealed blobs. */
import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { maxFrameBytes } from "@pruntime/api/frames";
import type { FastifyInstance } from "fastify";
import type { ConnectionLimits } from "./access/connections.ts";
import { closedGate, gateOf2020, tokenGate } from "./access/operator.ts";
import { Proxies, type ProxyOptions } from "./access/proxies.ts";
import { residentBytes } from "./enclave/memory.ts";
import type { EnclaveStart } from "./enclave/process.ts";
import { type EnclaveStatus, Supervisor, type SupervisorOptions } from "./enclave/supervisor.ts";
import { GatewayError } from "./error.ts";
import { type EvidenceOptions, replyEndorser } from "./evidence/endorse.ts";
import { type ListenAddress, listen } from "./http/listen.ts";
import { createOperatorServer, createServer, type ServerOptions } from "./http/server.ts";
import { type LogOptions, openLog } from "./log.ts";
import { createMetrics } from "./metrics.ts";
import { StatedProgress } from "./progress.ts";
import { RecentUse } from "./shares/recent-use.ts";
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
  /** The WebSocket URL of the chain's node, which the page reaches at `/node`. */
  readonly nodeUrl?: string;
  /** Names of this machine, besides `localhost`, by which browsers may use `/node`. Default: none. */
  readonly allowedHosts?: readonly string[];
  /** The program's version, shown in the docs. */
  readonly version?: string;
  /**
   * Whether the enclave's state is saved, so that its next process goes on from it. Otherwise, the next
   * process starts at its anchor. Default: false.
   */
  readonly savesState?: boolean;
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
    /**
     * The operator's calls that wait for the enclave.
     * @limit calls, bytes
     * @source chosen: a relay has few calls open
     * @past `http/busy`
     */
    operator: { calls: 16, bytes: 16 * maxFrameBytes },
    /**
     * The calls for status that wait for the enclave.
     * @limit calls, bytes
     * @source chosen
     * @past `http/over-share` for the newest call of the network with the most use
     */
    status: { calls: 64, bytes: 2 ** 20 },
    /**
     * The queries that wait for the enclave.
     * @limit calls, bytes
     * @source chosen
     * @past `http/over-share` for the newest call of the network with the most use
     */
    public: { calls: 1024, bytes: 64 * 2 ** 20 },
    /**
     * The calls for evidence that wait for the enclave.
     * @limit calls, bytes
     * @source chosen
     * @past `http/over-share` for the newest call of the network with the most use
     */
    evidence: { calls: 256, bytes: 4 * 2 ** 20 },
  },
  /**
   * How long the enclave may be silent about a call.
   * @limit ms
   * @source chosen: a call in progress reports about once a second
   * @past the gateway ends the enclave and starts another process from what is stored
   */
  silenceMs: 30_000,
  /**
   * How long a call waits for the enclave.
   * @limit ms
   * @source chosen
   * @past `http/busy`
   */
  queueTimeoutMs: 30_000,
  /**
   * How long the enclave may take to start.
   * @limit ms
   * @source chosen
   * @past `gateway/boot-failed`
   */
  bootTimeoutMs: 60_000,
  /**
   * The pause before an enclave that ended is started again: the first, and the longest.
   * @limit ms, ms
   * @source chosen
   * @past later pauses are as long
   */
  restart: { minMs: 200, maxMs: 30_000 },
  /**
   * How long calls that were sent to the enclave, and then replies, may take when the gateway closes.
   * @limit ms
   * @source chosen: half of the time in which a process has to end
   * @past the enclave is ended, and connections are closed
   */
  closeGraceMs: 1_000,
  /**
   * How long a request may take to arrive.
   * @limit ms
   * @source chosen
   * @past the connection is closed
   */
  requestTimeoutMs: 30_000,
  /**
   * How long a request at the operator's address may take to arrive.
   * @limit ms
   * @source chosen: the largest body, 128 MiB, at about 1 MiB/s
   * @past the connection is closed
   */
  operatorRequestTimeoutMs: 120_000,
  /**
   * How long a caller may take to read a reply.
   * @limit ms
   * @source chosen
   * @past the connection is closed
   */
  replyTimeoutMs: 30_000,
  /**
   * How long a request's head may take to arrive.
   * @limit ms
   * @source chosen
   * @past the connection is closed
   */
  headersTimeoutMs: 10_000,
  /**
   * The open connections.
   * @limit connections
   * @source chosen
   * @past the network that holds the most connections loses the one that was idle for the longest time
   */
  maxConnections: 4096,
  /**
   * The open connections, and the unanswered requests, of one network.
   * @limit connections
   * @source chosen: 32 such networks take all connections
   * @past a further connection is closed, and a further request is refused with `http/over-share`
   */
  connectionsPerNetwork: 128,
};

/**
 * How long a closing gateway sends replies if its enclave has used up `closeGraceMs`.
 * @limit ms
 * @source chosen
 * @past connections are closed
 */
const replyGraceMs = 200;

/**
 * The size of all blobs that the gateway stores.
 * @limit bytes
 * @source the boot message carries all blobs in one frame
 * @past `gateway/store-full`
 */
const maxBlobBytes = maxFrameBytes - 1024;

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
 * @throws LockError; GatewayError `gateway/port-taken`, `gateway/socket-taken`, `gateway/weak-token`,
 * `gateway/bad-proxy-range`, `gateway/production-2020`, `gateway/no-bundle`, `gateway/boot-failed`
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
  const bounded = boundStore(store, maxBlobBytes);
  const use = new RecentUse();
  const supervisor = new Supervisor({
    ...limits,
    use,
    start: options,
    settings: { devTest },
    store: bounded,
    savesState: options.savesState ?? false,
    log,
  });
  const status = () => supervisor.status;
  const version = options.version ?? "0.0.0";
  const evidence = replyEndorser(options.evidence ?? {}, log);
  const progress = new StatedProgress(() => supervisor.status.restarts);
  const services: Omit<ServerOptions, "gate" | "proxies"> = {
    ...limits,
    use,
    call: (call) => supervisor.calls.call(call),
    status,
    metrics: createMetrics({
      status,
      waiting: (lane) => supervisor.calls.waiting(lane),
      progress: () => progress.latest,
      store: { bytes: bounded.bytes, limitBytes: maxBlobBytes },
      residentBytes,
      evidenceExpiresMs: evidence.expiresMs,
      version,
      now: Date.now,
    }),
    progress,
    now: Date.now,
    devTest,
    endorseReply: evidence.endorse,
    consoleDir: options.consoleDir === undefined ? undefined : resolve(options.consoleDir),
    trust: options.trust,
    nodeUrl: options.nodeUrl,
    allowedHosts: options.allowedHosts ?? [],
    version,
    log,
  };

  const apps: FastifyInstance[] = [];
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= (async () => {
      const endMs = performance.now() + limits.closeGraceMs;
      await supervisor.close();
      const leftMs = Math.max(replyGraceMs, endMs - performance.now());
      await Promise.all(apps.map((app) => closeServer(app, leftMs)));
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
