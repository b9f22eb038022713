/**
 * Makes quotes through Gramine's files in /dev/attestation. Once 64 bytes are written to `user_report_data`,
 * reading `quote` returns a quote over them. Only this process sees the files, and its calls are
 * synchronous, so no other write can happen in between. Up to version 1.8, Gramine also made EPID quotes for
 * Intel's attestation service.
 * @see https://gramine.readthedocs.io/en/stable/attestation.html#low-level-dev-attestation-interface
 */
import { type Evidence, evidenceLimits } from "@pruntime/core/attestation";
import { QuoteError } from "./error.ts";
import { type FileSystem, fileSystem, treeOf } from "./files.ts";
import { epidEvidence, intelEvidence } from "./formats.ts";
import type { EvidenceProducer } from "./producer.ts";

/**
 * Returns a producer of DCAP quotes from the files below `root`.
 * @throws {@link QuoteError} `quote/unavailable` if the files are missing, `quote/not-offered` if the
 * manifest names another kind of remote attestation, or none
 */
export function gramine(root: string, files: FileSystem = fileSystem): EvidenceProducer {
  return producer(
    "gramine",
    "dcap",
    (quote, reportData) => intelEvidence("gramine", "sgx", quote, reportData),
    root,
    files,
  );
}

/** Returns a producer of EPID quotes, as in 2020. @throws as {@link gramine} */
export function gramineEpid(root: string, files: FileSystem = fileSystem): EvidenceProducer {
  return producer("ias", "epid", epidEvidence, root, files);
}

function producer(
  provider: "gramine" | "ias",
  wanted: string,
  read: (quote: Uint8Array, reportData: Uint8Array) => Evidence,
  root: string,
  files: FileSystem,
): EvidenceProducer {
  const tree = treeOf(provider, root, files);
  const have = tree.line("attestation_type");
  if (have !== wanted) throw new QuoteError({ code: "quote/not-offered", provider, have });
  return {
    provider,
    quote: (reportData) => {
      tree.write("user_report_data", reportData);
      return read(tree.read("quote", evidenceLimits.quote), reportData);
    },
  };
}

/**
 * Returns the key that only this code on this processor receives, 16 bytes. Updated code receives a different
 * key.
 * @throws {@link QuoteError} `quote/unavailable`
 */
export function gramineKey(root: string, files: FileSystem = fileSystem): Uint8Array {
  const name = "keys/_sgx_mrenclave";
  const key = treeOf("gramine", root, files).read(name, 64);
  if (key.length !== 16 || key.every((byte) => byte === 0))
    throw new QuoteError({ code: "quote/unavailable", provider: "gramine", what: name, reason: "no key" });
  return key;
}
