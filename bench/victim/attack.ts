/**
 * Runs as a process of its own: `attack.ts KIND PORT`. `flood` asks plain queries from 512 addresses, each as
 * fast as it is answered. `half-open` keeps 600 requests open, from ten addresses, that never arrive
 * completely.
 */
import { Agent, request } from "node:http";
import { connect } from "node:net";

const [kind, port = ""] = process.argv.slice(2);
const query = JSON.stringify({
  Plain: JSON.stringify({ contract_id: 2, nonce: 1, request: "TotalIssuance" }),
});
const body = JSON.stringify({ input: { query_payload: query }, nonce: {} });
const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };

if (kind === "flood")
  for (let i = 0; i < 512; i++) flood(`127.1.${i >> 7}.${1 + (i % 128)}`, new Agent({ keepAlive: true }));
else for (let i = 0; i < 600; i++) holdOpen(`127.2.0.${1 + (i % 10)}`);

function flood(localAddress: string, agent: Agent): void {
  const again = () => flood(localAddress, agent);
  const sent = request({
    host: "127.0.0.1",
    port,
    path: "/query",
    method: "POST",
    agent,
    localAddress,
    headers,
  });
  sent.on("response", (response) => response.resume().on("end", again));
  sent.on("error", () => setTimeout(again, 100));
  sent.end(body);
}

function holdOpen(localAddress: string): void {
  const socket = connect({ host: "127.0.0.1", port: Number(port), localAddress });
  socket.resume(); // reads the refusal and the end, without which the socket never closes
  socket.on("error", () => undefined);
  socket.on("close", () => setTimeout(() => holdOpen(localAddress), 100));
  socket.write(
    "POST /query HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{",
  );
}
