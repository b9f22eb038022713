import {
  type BootMessage,
  type CallInParts,
  decodeFromEnclave,
  FrameReader,
  type FromEnclave,
  framePartsOf,
} from "@pruntime/api/frames";
import { ProtocolError } from "@pruntime/core/errors";
import type { EnclaveChild } from "./process.ts";

/** The callbacks of a pipe. */
export interface PipeListener {
  readonly message: (message: FromEnclave) => void;
  /**
   * Called once if the enclave's bytes are not valid messages, or if `message` threw a coded error. Neither
   * callback is called after that.
   */
  readonly broken: (error: ProtocolError) => void;
}

/** Exchanges messages over an enclave's standard streams. */
export interface Pipe {
  /** Sends a message to the enclave. @throws FrameError `frame/too-large` */
  readonly send: (message: BootMessage | CallInParts) => void;
  /** Closes the enclave's input: no more messages follow. */
  readonly end: () => void;
}

/** Connects a listener to an enclave's standard streams. */
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
  // A write to a process that has ended emits an error here. The supervisor learns of the exit separately.
  child.stdin.on("error", () => undefined);
  return {
    send: (message) => {
      const parts = framePartsOf(message);
      child.stdin.cork(); // so that the parts need few system calls
      for (const part of parts) if (child.stdin.writable) child.stdin.write(part);
      child.stdin.uncork();
    },
    end: () => void child.stdin.end(),
  };
}
