/**
 * Says whether a part in this container is healthy, by its exit status. Asks the address in the variable
 * PRUNTIME_HEALTH: an http:// address for a worker or a relay, or a ws:// address for the node of a chain.
 */
const { href, protocol } = new URL(process.env.PRUNTIME_HEALTH ?? "http://127.0.0.1:8000/healthz");
const question = {
  method: "POST",
  headers: { "content-type": "application/json" },
  body: '{"jsonrpc":"2.0","id":1,"method":"system_health","params":[]}',
};
const signal = AbortSignal.timeout(4_000);
try {
  const { ok } = await (protocol === "ws:"
    ? fetch(href.replace("ws:", "http:"), { ...question, signal })
    : fetch(href, { signal }));
  process.exitCode = ok ? 0 : 1;
} catch {
  process.exitCode = 1;
}
