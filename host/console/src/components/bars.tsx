/** A small chart of bars. */
import type { JSX } from "preact";

interface BarsProps {
  readonly title: string;
  readonly unit: string;
  readonly values: readonly number[];
}

/** Shows values as bars, the newest at the right, with the latest and the largest value as text. */
export function Bars({ title, unit, values }: BarsProps): JSX.Element {
  const most = Math.max(1, ...values);
  const latest = values.at(-1);
  return (
    <figure class="bars">
      <figcaption>
        {title}{" "}
        <b>
          {latest === undefined ? "–" : rounded(latest)} {unit}
        </b>
        <span class="hint"> most {rounded(Math.max(0, ...values))}</span>
      </figcaption>
      <svg viewBox={`0 0 ${Math.max(1, values.length) * 4} 40`} preserveAspectRatio="none" aria-hidden="true">
        {values.map((value, at) => {
          const height = (value / most) * 38 + 1;
          return <rect key={at} x={at * 4} y={40 - height} width="3" height={height} />;
        })}
      </svg>
    </figure>
  );
}

function rounded(value: number): string {
  return value >= 100 ? String(Math.round(value)) : value.toFixed(1).replace(/\.0$/, "");
}
