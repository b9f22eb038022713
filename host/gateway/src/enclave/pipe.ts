import {
  decodeFromEnclave,
  encodeToEnclave,
  FrameReader,
  type FromEnclave,
  frame,
  type ToEnclave,
} from "@pruntime/api/frames";
import { ProtocolError } from "@pruntime/core/errors";
import type { EnclaveChild } from "./process.ts";

/** What a pipe has to tell. */
export interface PipeListener {
  readonly message: (message: FromEnclave) => void;
  /** The bytes are no messages, or `message` threw a coded error; nothing is told after it. */
  readonly broken: (error: ProtocolError) => void;
}

/** Messages over the standard streams of an enclave. */
export interface Pipe {
  /** @throws FrameError `frame/too-large` */
  readonly send: (message: ToEnclave) => void;
  /** Tells the enclave that nothing more will come. */
  readonly end: () => void;
}

export function openPipe(child: Pick<EnclaveChild, "stdin" | "stdout">, listener: PipeListener): Pipe {
  const reader = new FrameReader();
  let broken = false;
  child.stdout.on("data", (chunk: Buffer) => {
    if (broken) return;
    try {
      for (const message of reader.push(chunk)) listener.message(decodeFromEnclave(message));
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      broken = true;
      listener.broken(error);
    }
  });
  // Writing to a process that is gone: its exit tells the same.
  child.stdin.on("error", () => undefined);
  return {
    send: (message) => {
      const framed = frame(encodeToEnclave(message));
      if (child.stdin.writable) child.stdin.write(framed);
    },
    end: () => void child.stdin.end(),
  };
}
