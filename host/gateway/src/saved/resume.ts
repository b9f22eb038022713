/**
 * Brings a new process of the enclave to the state of the last one. The enclave judges every page and every
 * call as if an operator had sent it. So a store that lacks a record, or holds an older one, can only make
 * the worker an older worker, to which its relay then brings the later blocks.
 */
import { type BodyInParts, type EnclaveReply, inOnePart } from "@pruntime/api/frames";
import type { BaseLogger } from "pino";
import type { Journal } from "./journal.ts";

/** What {@link resume} works with. */
export interface ResumeOptions {
  readonly journal: Journal;
  /** Calls the enclave, which has no other callers yet. */
  readonly ask: (action: string, body: BodyInParts) => Promise<EnclaveReply>;
  readonly log: BaseLogger;
}

/** Loads the saved dump and repeats the calls since then. @throws what `ask` and the store throw */
export async function resume({ journal, ask, log }: ResumeOptions): Promise<void> {
  await journal.open();
  let [pages, calls] = [0, 0];
  for await (const input of journal.pages()) {
    const { code } = await ask("load_page", inOnePart(Buffer.from(JSON.stringify({ input, nonce: {} }))));
    if (code !== undefined) {
      log.warn({ code, page: input.index }, "saved state refused; the worker starts at its anchor");
      return await journal.clear();
    }
    pages++;
  }
  for await (const { number, action, body } of journal.calls()) {
    const { code } = await ask(action, body);
    if (code !== undefined) {
      log.warn({ code, action }, "saved call refused; the worker goes on from the call before");
      return await journal.cutAt(number);
    }
    calls++;
  }
  if (pages > 0) log.info({ pages, calls }, "saved state loaded");
}
