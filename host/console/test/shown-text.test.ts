import type { ComponentChildren, VNode } from "preact";
import { expect, it } from "vitest";
import { Foreign } from "../src/components/basics.tsx";
import { verdictOf } from "../src/views/verdict.ts";

const hostile = "\u001b]0;owned\u0007\u009b\u202e\u2066<b>";
const visible = "\\u001b]0;owned\\u0007\\u009b\\u202e\\u2066<b>";

/** The text that an element shows. */
function textOf(shown: ComponentChildren): string {
  if (shown === null || typeof shown === "boolean" || shown === undefined) return "";
  if (Array.isArray(shown)) return shown.map(textOf).join("");
  return typeof shown === "object" ? textOf((shown as VNode).props.children) : String(shown);
}

it("text of another party shows controls, and begins new lines only where the text does", () =>
  expect(textOf(Foreign({ text: `${hostile}\n\nas of block 3` }))).toBe(`${visible}\n\nas of block 3`));

it("a verdict quotes the reason for a failure, which the view shows as text of another party", () =>
  expect(
    verdictOf({
      contact: { kind: "refused", reason: hostile },
      freshness: { kind: "fresh", ageMs: 0 },
      kind: "simulated",
      from: "server",
    }),
  ).toEqual({ tone: "bad", title: "Refused", reason: hostile }));
