/**
 * Requests quotes and keys from dstack's guest agent: JSON over HTTP on a unix socket, `/GetQuote
 * {report_data}` and `/GetKey {path, purpose}`. The report data is sent as hex, because the agent reads any
 * other text as UTF-8.
 * @see https://github.com/Dstack-TEE/dstack/blob/master/sdk/curl/api.md
 */
import { request } from "node:http";
import { evidenceLimits } from "@pruntime/core/attestation";
import { fromHex, toHex, utf8 } from "@pruntime/core/bytes";
import { ProtocolError } from "@pruntime/core/errors";
import { decodeJson, type JsonReader, jsonObject, jsonString } from "@pruntime/core/json";
import { QuoteError } from "./error.ts";
import { dstackEvidence } from "./formats.ts";
import type { EvidenceProducer } from "./producer.ts";

const provider = "dstack";

/**
 * An answer of dstack's agent.
 * @limit bytes
 * @source the limits of a quote and an event log
 * @past `quote/too-large`
 */
const maxAnswerBytes = 2 << 20;
/**
 * How long dstack's agent may take to answer.
 * @limit ms
 * @source chosen: the gateway waits for 30 s
 * @past `quote/unavailable`
 */
const timeoutMs = 20_000;
const quoteAnswer = jsonObject(
  { quote: jsonString(2 * evidenceLimits.quote), event_log: jsonString(evidenceLimits.eventLog) },
  "ignored",
);
const keyAnswer = jsonObject({ key: jsonString(256) }, "ignored");

/** Returns a producer of evidence from the agent at this socket. */
export function dstack(socket: string): EvidenceProducer {
  return {
    provider,
    quote: async (reportData) => {
      const { quote, event_log } = await ask(
        socket,
        "GetQuote",
        { report_data: toHex(reportData) },
        quoteAnswer,
      );
      return dstackEvidence(bytesOf(quote), utf8(event_log), reportData);
    },
  };
}

/**
 * Returns the key that dstack gives this application, at least 32 bytes. The key stays the same across the
 * updates that the application's owner allows.
 * @throws {@link QuoteError}
 */
export async function dstackKey(socket: string): Promise<Uint8Array> {
  const { key } = await ask(socket, "GetKey", { path: "pruntime/sealing", purpose: "sealing" }, keyAnswer);
  const bytes = bytesOf(key);
  if (bytes.length < 32 || bytes.every((byte) => byte === 0))
    throw new QuoteError({ code: "quote/unavailable", provider, what: "GetKey", reason: "no key" });
  return bytes;
}

async function ask<T>(socket: string, method: string, body: object, reader: JsonReader<T>): Promise<T> {
  const text = await post(socket, method, JSON.stringify(body));
  try {
    return decodeJson(text, reader, { maxLength: maxAnswerBytes, maxDepth: 8 });
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new QuoteError({ code: "quote/unknown-format", provider }, { cause: error });
  }
}

function bytesOf(hex: string): Uint8Array {
  try {
    return fromHex(hex.toLowerCase());
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new QuoteError({ code: "quote/unknown-format", provider }, { cause: error });
  }
}

function post(socketPath: string, method: string, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (reason: string) => {
      reject(new QuoteError({ code: "quote/unavailable", provider, what: method, reason }));
    };
    const headers = {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
      connection: "close",
    };
    const asked = request({
      socketPath,
      path: `/${method}`,
      method: "POST",
      headers,
      signal: AbortSignal.timeout(timeoutMs),
    });
    asked.on("error", (error: NodeJS.ErrnoException) => {
      fail(error.code === "ABORT_ERR" ? "timeout" : (error.code ?? "failed"));
    });
    asked.on("response", (answer) => {
      const chunks: Buffer[] = [];
      let length = 0;
      answer.on("data", (chunk: Buffer) => {
        length += chunk.length;
        chunks.push(chunk);
        if (length <= maxAnswerBytes) return;
        reject(new QuoteError({ code: "quote/too-large", provider, limit: maxAnswerBytes }));
        asked.destroy();
      });
      answer.on("error", () => {
        fail("cut off");
      });
      answer.on("end", () => {
        if (answer.statusCode === 200) resolve(Buffer.concat(chunks).toString("utf8"));
        else fail(`status ${answer.statusCode}`);
      });
    });
    asked.end(body);
  });
}
