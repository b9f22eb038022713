/**
 * The page at /docs, which describes the worker's interface to people. It has no scripts and no frames, and
 * loads nothing but its icon.
 */
import { createHash } from "node:crypto";
import type { ActionName, AnyAction } from "@pruntime/api";
import { canonicalJson, type JsonObject, schemaOf } from "@pruntime/core/json";

/** What the page says about this worker. */
export interface DocsFacts {
  readonly version: string;
  readonly actions: readonly AnyAction[];
  /** The URL under which the reader reached the page, without a path. Examples name it. */
  readonly origin: string;
}

/** The actions whose examples succeed on any worker that follows a chain. `get` reads what `set` wrote. */
export const byHand: readonly string[] = [
  "get_info",
  "dump_states",
  "query",
  "set",
  "get",
  "get_status",
  "get_evidence",
  "dump_begin",
] satisfies readonly ActionName[];

const style = `
body { margin: 0 auto; max-width: 54rem; padding: 1rem; font: 1rem/1.5 system-ui, sans-serif; }
:root { color-scheme: light dark; }
pre { overflow-x: auto; padding: .6rem; border: 1px solid #8886; border-radius: .4rem; }
section { border-top: 1px solid #8886; }
h2 small { font-weight: normal; opacity: .75; }
a { color: inherit; }
`;

/** The content security policy of the page. */
export const docsPolicy: string = [
  "default-src 'none'",
  "img-src 'self'",
  `style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** The icon of the pages: an SVG image. */
export const icon: string =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path d="M8 1l6 2v5c0 4-3 6-6 7-3-1-6-3-6-7V3z" ' +
  'fill="#2f6f5e"/><path d="M5 8l2 2 4-4" fill="none" stroke="#fff" stroke-width="2"/></svg>';

/** Renders the page. */
export function docsPage({ version, actions, origin }: DocsFacts): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>pruntime: interface</title>
<link rel="icon" href="/favicon.ico">
<style>${style}</style>
</head>
<body>
<p><a href="/">pruntime</a></p>
<h1>The interface of a worker</h1>
<p>Version ${escaped(version)}. The same as OpenAPI: <a href="/openapi.json">/openapi.json</a>.</p>
<p>Every action is a POST with a JSON body <code>{"input": …, "nonce": {}}</code>. The answer is
<code>{"payload": …, "signature": …, "status": …}</code>, in which the payload is JSON text that the worker's
identity key has signed. The client library and <code>pruntime</code> verify the worker's evidence and this
signature; curl does not.</p>
<p>Operator actions are served at the operator's address, with the operator's token. Their examples read both
from the data folder <code>.pruntime</code> of the stack that <code>npm start</code> runs.</p>
${actions.map((action) => section(action, origin)).join("\n")}
</body>
</html>
`;
}

function section(action: AnyAction, origin: string): string {
  const { name, access, since, summary, maxBodyBytes } = action;
  const example = byHand.includes(name)
    ? `<pre class="example">${escaped(curlOf(action, origin))}</pre>`
    : "<p>Relays and commands of <code>pruntime</code> make this call, with data that they fetch.</p>";
  return `<section id="${name}">
<h2>POST /${name} <small>${access}, since ${since}</small></h2>
<p>${escaped(summary)}</p>
${example}
<details><summary>Schemas and errors</summary>
<p>Input, in a body of at most ${maxBodyBytes} bytes:</p>
<pre>${escaped(pretty(schemaOf(action.input)))}</pre>
<p>Payload:</p>
<pre>${escaped(pretty(schemaOf(action.output)))}</pre>
<p>Errors: ${errorsOf(action)}.</p>
</details>
</section>`;
}

/** A call of the action with its example, as a command for a POSIX shell. */
function curlOf({ name, access, example }: AnyAction, origin: string): string {
  const body = canonicalJson({ input: example as JsonObject, nonce: {} });
  const data = `-H 'content-type: application/json' -d '${body.replaceAll("'", "'\\''")}'`;
  if (access === "public") return `curl ${data} ${origin}/${name}`;
  const token = '-H "authorization: Bearer $(cat .pruntime/operator-token)"';
  return `curl ${token} ${data} "$(cat .pruntime/operator)/${name}"`;
}

function errorsOf({ errors }: AnyAction): string {
  const listed = Object.entries(errors).map(([code, status]) => `<code>${code}</code> (${status})`);
  return [...listed, "any other code (400)"].join(", ");
}

function pretty(value: JsonObject): string {
  return JSON.stringify(value, null, 1);
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
