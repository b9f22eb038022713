/** Renders docs/metrics.md from the metrics that the programs register. */
import { newStats, relayMetrics } from "@pruntime/relay";
import { createMetrics } from "../../host/gateway/src/metrics.ts";
import { metricSources } from "../../host/gateway/test/support/metric-sources.ts";

/** One metric of a program. */
export interface MetricRow {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly labels: readonly string[];
}

/** The metrics of the gateway and of the relay. */
export async function allMetrics(): Promise<{
  readonly gateway: readonly MetricRow[];
  readonly relay: readonly MetricRow[];
}> {
  const gateway = createMetrics(metricSources());
  const relay = relayMetrics(newStats(), () => undefined);
  return { gateway: await rowsOf(gateway.registry), relay: await rowsOf(relay) };
}

async function rowsOf(registry: ReturnType<typeof relayMetrics>): Promise<readonly MetricRow[]> {
  const described = await registry.getMetricsAsJSON();
  const labels = new Map(registry.getMetricsAsArray().map((metric) => [metric.name, labelsOf(metric)]));
  return described.map(({ name, type, help }) => ({
    name,
    type: String(type),
    help,
    labels: labels.get(name) ?? [],
  }));
}

/** The package's types of a registered metric leave out its label names. */
function labelsOf(metric: object): readonly string[] {
  return (metric as { readonly labelNames: readonly string[] }).labelNames;
}

/** Renders the page. */
export async function renderMetrics(): Promise<string> {
  const { gateway, relay } = await allMetrics();
  return [
    "# Metrics",
    "",
    "`npm run docs` generates this page from the metrics that the programs register. `npm run check` fails",
    "if the page is out of date. [deploy](../deploy/README.md#monitoring) says how to collect the metrics,",
    "and has a dashboard and alert rules for them.",
    "",
    "## The worker's gateway",
    "",
    "The operator's address serves these metrics at `/metrics`, to callers with the operator's token. The",
    "gateway does not verify what the worker states about its progress.",
    "",
    table(gateway),
    "## The relay",
    "",
    "`pruntime relay --metrics-port PORT` serves these metrics at `/metrics`, on 127.0.0.1.",
    "",
    table(relay),
  ].join("\n");
}

function table(rows: readonly MetricRow[]): string {
  const lines = rows.map(({ name, type, help, labels }) => {
    const named = labels.map((label) => `\`${label}\``).join(", ");
    return `| \`${name}\` | ${type} | ${named} | ${help} |`;
  });
  return `| metric | type | labels | meaning |\n|---|---|---|---|\n${lines.join("\n")}\n`;
}
