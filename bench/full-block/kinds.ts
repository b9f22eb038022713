/** The kinds of commands with which the benchmark fills blocks: the dearest ones for their length. */
import { toBase64, utf8 } from "@pruntime/core/bytes";
import { encodePayload, sealCommand, sealV1 } from "@pruntime/core/channel";
import { createNativeCrypto, secureRandom } from "@pruntime/crypto-native";
import type { Devchain } from "@pruntime/devchain";
import { signer } from "../../host/devchain/test/support/keys.ts";
import { workerKey } from "../../trusted/runtime/test/support/worker.ts";

const crypto = await createNativeCrypto({ addons: true });
/** The account that fills the measured blocks. */
export const eve = signer("Eve");

/** Makes the payload of the n-th command. */
export type Payload = (n: number, chain: Devchain) => string;

/** What a worker and its chain have before the first measured block. */
export interface Before {
  /** The operator's files by path. */
  readonly files: readonly (readonly [path: string, bytes: Uint8Array])[];
  /** How many commands another account has sent, and their payloads. */
  readonly count: number;
  readonly payload: Payload;
}

/** A kind of command: its contract, and the payload of the n-th command. */
export interface Kind {
  readonly what: string;
  readonly contract: number;
  readonly payload: Payload;
  /** Made only when the kind is measured. */
  readonly before?: () => Before;
}

const plain = (json: unknown) => JSON.stringify({ Plain: JSON.stringify(json) });
const details = { name: "", category: "", description: "", price: { PerRow: { price: "0" } } };
const list = (n: number) => plain({ List: { ...details, dataset_link: String(n), dataset_preview: "" } });
const order = (dataset: number, query: number | string) =>
  plain({ OpenOrder: { item_id: dataset, query_link: String(query) } });

/** The most files that an operator can have. Each pair of two files is a join. */
const manyFiles = 256;
const pair = (n: number) => order(n % manyFiles, Math.floor(n / manyFiles) % manyFiles);

export const kinds: readonly Kind[] = [
  { what: "no envelope", contract: 2, payload: (n) => String(n) },
  { what: "plain text without a command", contract: 2, payload: (n) => `{"Plain":"${n}"}` },
  { what: "v1 that does not open", contract: 2, payload: (n) => broken(sealedV1, n) },
  { what: "v2 that does not open", contract: 2, payload: (n, chain) => broken(envelopeFor(chain), n) },
  { what: "v2 that opens", contract: 2, payload: (n, chain) => sealedV2(chain, String(n)) },
  { what: "64 KiB of JSON", contract: 2, payload: (n) => `{"Plain":"[${n}${",[]".repeat(21_800)}]"}` },
  { what: "assets", contract: 3, payload: (n) => plain({ Issue: { symbol: n.toString(36), total: "1" } }) },
  { what: "datasets", contract: 1, payload: list },
  {
    what: "orders without files",
    contract: 1,
    payload: (n) => order(0, `/${n.toString(36)}`),
    before: () => ({ files: [], count: 1, payload: list }),
  },
  {
    what: "orders of many joins",
    contract: 1,
    payload: pair,
    before: () => ({ files: files(manyFiles, 256 << 10), count: manyFiles, payload: list }),
  },
  {
    what: "orders of joins that another account has ordered",
    contract: 1,
    payload: (n) => pair(manyFiles * manyFiles - 1 - n),
    before: () => ({
      files: files(manyFiles, 256 << 10),
      count: manyFiles + manyFiles * manyFiles,
      payload: (n) => (n < manyFiles ? list(n) : pair(n - manyFiles)),
    }),
  },
  {
    what: "orders of the longest joins",
    contract: 1,
    payload: (n) => order(n % 4, Math.floor(n / 4) % 4),
    before: () => ({ files: files(4, 16 << 20), count: 4, payload: list }),
  },
];

/** Files with as many different rows as fit. Their joins take the most memory and time for their length. */
function files(count: number, bytes: number): Before["files"] {
  const file = new Uint8Array(bytes).fill(0x0a);
  file.set(utf8("phone\n"));
  const digits = utf8("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
  for (let at = 6, n = 0; at + 5 <= bytes; at += 5, n++)
    for (let i = 0, rest = n; i < 4; i++, rest = Math.floor(rest / digits.length))
      file[at + i] = digits[rest % digits.length] as number;
  return Array.from({ length: count }, (_, i) => [String(i), file]);
}

const sealedV1 = encodePayload(sealV1(crypto, secureRandom, workerKey.publicKey, "{}").payload);

function sealedV2({ genesis }: Devchain, text = "{}"): string {
  const worker = { genesisHash: genesis.hash, publicKey: workerKey.publicKey };
  return encodePayload(sealCommand(crypto, secureRandom, worker, { sender: eve.id, contractId: 2 }, text));
}

/** A sealed command for each chain. Sealing one takes longer than the worker takes to refuse it. */
const envelopes = new WeakMap<Devchain, string>();

function envelopeFor(chain: Devchain): string {
  const made = envelopes.get(chain) ?? sealedV2(chain);
  envelopes.set(chain, made);
  return made;
}

/** The envelope with the shortest ciphertext that can be tried, and that no key opens. */
function broken(envelope: string, n: number): string {
  const cipher = toBase64(utf8(String(n).padStart(16, "0")));
  return envelope.replace(/"cipher_b64":"[^"]*"/, `"cipher_b64":"${cipher}"`);
}
