/** Finds what a PromQL expression gets wrong about the metrics that exist. */
import { parser } from "@prometheus-io/lezer-promql";

/** A metric, its type and its own labels. */
interface KnownMetric {
  readonly name: string;
  readonly type: string;
  readonly labels: readonly string[];
}

/** Labels that Prometheus adds to every sample. */
const scraped = ["instance", "job"];

/**
 * Returns the problems of an expression: a syntax error, a metric that does not exist, or a label that none
 * of the expression's metrics has.
 */
export function problemsOf(expression: string, metrics: readonly KnownMetric[]): string[] {
  const series = new Map(metrics.flatMap(seriesOf));
  const problems: string[] = [];
  const labels: string[] = [];
  const known = new Set(scraped);
  parser.parse(expression).iterate({
    enter: ({ name, from, to, node, type }) => {
      const text = expression.slice(from, to);
      if (type.isError) problems.push(`syntax error at ${from} of ${expression}`);
      if (name === "LabelName") labels.push(text);
      if (name !== "Identifier" || node.parent?.name !== "VectorSelector") return;
      const own = series.get(text);
      if (own === undefined) problems.push(`no metric ${text}`);
      for (const label of own ?? []) known.add(label);
    },
  });
  return [...problems, ...labels.filter((label) => !known.has(label)).map((label) => `no label ${label}`)];
}

/** The names under which Prometheus stores a metric, with the labels of each. */
function seriesOf({ name, type, labels }: KnownMetric): [string, readonly string[]][] {
  if (type !== "histogram") return [[name, labels]];
  return [
    [`${name}_bucket`, [...labels, "le"]],
    [`${name}_sum`, labels],
    [`${name}_count`, labels],
  ];
}
