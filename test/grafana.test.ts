/** Checks deploy/grafana's dashboard and alert rules against the metrics that the programs register. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { allMetrics } from "../scripts/docs/metrics.ts";
import { problemsOf } from "./support/promql.ts";

const read = (name: string) => readFileSync(join(import.meta.dirname, "../deploy/grafana", name), "utf8");
const { gateway, relay } = await allMetrics();
const metrics = [...gateway, ...relay];

interface Dashboard {
  readonly templating: { readonly list: readonly { readonly query: string }[] };
  readonly panels: readonly { readonly title: string; readonly targets: readonly Target[] }[];
}
interface Target {
  readonly expr: string;
  readonly legendFormat: string;
}
interface Alerts {
  readonly groups: readonly {
    readonly rules: readonly { readonly alert: string; readonly expr: string }[];
  }[];
}

const dashboard = JSON.parse(read("dashboard.json")) as Dashboard;
const panels = dashboard.panels.flatMap(({ title, targets }) =>
  targets.map(({ expr, legendFormat }) => [title, expr, legendFormat] as const),
);
const alerts = (parse(read("alerts.yaml")) as Alerts).groups.flatMap(({ rules }) =>
  rules.map(({ alert, expr }) => [alert, expr] as const),
);
/** Grafana replaces its own variable before it sends an expression to Prometheus. */
const sent = (expr: string) => expr.replaceAll("$__rate_interval", "5m");

describe("the dashboard names only metrics and labels that exist", () => {
  it.each(panels)("%s: %s", (_, expr, legend) => {
    expect(problemsOf(sent(expr), metrics)).toEqual([]);
    const named = new Set([...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = ""]) => label));
    const [first = ""] = /pruntime_\w+/.exec(expr) ?? [];
    for (const label of named) expect(problemsOf(`${first}{${label}=""}`, metrics)).toEqual([]);
  });

  it("also where it lists the workers", () => {
    const queries = dashboard.templating.list.map(({ query }) =>
      /^label_values\((\w+), (\w+)\)$/.exec(query),
    );
    const [[, metric, label]] = queries.filter((found) => found !== null) as [RegExpExecArray];
    expect(problemsOf(`${metric}{${label}=""}`, metrics)).toEqual([]);
  });
});

it.each(alerts)("the alert %s names only metrics and labels that exist", (_, expr) => {
  expect(problemsOf(expr, metrics)).toEqual([]);
});

it("the dashboard shows every gauge that an alert watches", () => {
  const shown = panels.map(([, expr]) => expr).join("\n");
  const watched = alerts.flatMap(([, expr]) => [...expr.matchAll(/pruntime_\w+/g)].map(([name]) => name));
  expect(watched.filter((name) => !shown.includes(name))).toEqual([]);
});

describe("the check finds", () => {
  const known = [
    { name: "a_total", type: "counter", labels: ["x"] },
    { name: "b_seconds", type: "histogram", labels: ["y"] },
  ];

  it.each([
    ["nothing wrong", 'sum by (y, le) (rate(b_seconds_bucket{instance="1"}[5m])) / a_total{x="1"}', []],
    ["a metric that does not exist", "rate(c_total[5m])", ["no metric c_total"]],
    ["a histogram without its suffix", "b_seconds", ["no metric b_seconds"]],
    ["a label that no metric has", 'a_total{z="1"}', ["no label z"]],
    ["a grouping label that no metric has", "sum by (le) (a_total)", ["no label le"]],
    ["a syntax error", "rate(a_total[5m]", ["syntax error at 16 of rate(a_total[5m]"]],
  ])("%s", (_, expression, problems) => {
    expect(problemsOf(expression, known)).toEqual(problems);
  });
});
