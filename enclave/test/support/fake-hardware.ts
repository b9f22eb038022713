/**
 * Imitates the hardware's interfaces with folders and sockets, as the interfaces' documentation describes
 * them.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach } from "vitest";
import { type FileSystem, fileSystem } from "../../src/producers/files.ts";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Makes a new folder, which is removed at the end of the test file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "pruntime-hardware-"));
  folders.push(folder);
  return folder;
}

/** Makes a folder like Gramine's /dev/attestation, with a fixed quote. */
export function gramineFolder(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const root = temporaryFolder();
  mkdirSync(join(root, "keys"));
  const usual = {
    attestation_type: "dcap\n",
    user_report_data: new Uint8Array(64),
    "keys/_sgx_mrenclave": new Uint8Array(16).fill(7),
  };
  for (const [name, content] of Object.entries({ ...usual, ...files }))
    writeFileSync(join(root, name), content);
  return root;
}

export interface KernelOptions {
  readonly provider?: string;
  /** Returns the content of `outblob` for the content of `inblob`. */
  readonly answer: (reportData: Uint8Array) => Uint8Array;
  /** Errors by operation (`mkdir`, `write`, or the name of the file read). Each is thrown once, in order. */
  readonly faults?: readonly (readonly [at: string, code: string])[];
  /** The number of times that another process writes to the report's folder. */
  readonly strangers?: number;
}

/** Imitates the kernel behind a configfs-tsm folder, with real files. */
export function fakeKernel(options: KernelOptions): {
  readonly root: string;
  readonly files: FileSystem;
  readonly log: string[];
} {
  const { provider = "tdx_guest", answer, strangers = 0 } = options;
  const root = temporaryFolder();
  const faults = [...(options.faults ?? [])];
  const log: string[] = [];
  const act = (operation: string) => {
    log.push(operation);
    if (faults[0]?.[0] !== operation) return;
    throw Object.assign(new Error("as the kernel says it"), { code: faults.shift()?.[1] });
  };
  const files: FileSystem = {
    makeFolder: (path) => {
      act("mkdir");
      fileSystem.makeFolder(path);
      writeFileSync(join(path, "provider"), `${provider}\n`);
      writeFileSync(join(path, "generation"), "0\n");
    },
    write: (path, bytes) => {
      act("write");
      writeFileSync(join(path, "../outblob"), answer(bytes));
      writeFileSync(join(path, "../generation"), `${1 + strangers}\n`);
      return fileSystem.write(path, bytes);
    },
    read: (path, maxBytes) => {
      act(path.slice(path.lastIndexOf("/") + 1));
      return fileSystem.read(path, maxBytes);
    },
    removeFolder: (path) => {
      act("rmdir");
      rmSync(path, { recursive: true });
    },
  };
  return { root, files, log };
}

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A request that a guest agent received. */
export interface Asked {
  readonly method: string;
  readonly body: Record<string, string>;
}

/**
 * Imitates dstack's guest agent on a socket. The agent sends the result of `answer`: an object as JSON, a
 * string unchanged, and a number as an HTTP status. If the result is `undefined`, the agent closes the
 * connection.
 */
export async function fakeAgent(
  answer: (asked: Asked) => object | string | number | undefined,
): Promise<{ readonly socket: string; readonly asked: Asked[] }> {
  const socket = join(temporaryFolder(), "dstack.sock");
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, string>;
      const question = { method: `${request.method} ${request.url}`, body };
      asked.push(question);
      const said = answer(question);
      if (said === undefined) return void request.socket.destroy();
      if (typeof said === "number") response.statusCode = said;
      response.end(typeof said === "object" ? JSON.stringify(said) : String(said));
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return { socket, asked };
}
