import { headerHash } from "@pruntime/core/chain";
import { paraHeadKey } from "@pruntime/core/parachain";
import { decodeAll } from "@pruntime/core/scale";
import type { Block } from "../block.ts";
import type { DevchainOptions } from "../options.ts";
import type { Devchain } from "../types.ts";
import { openDevchain } from "./create.ts";

/**
 * The options of the two chains. The parachain has no options for finality, because its relay chain decides
 * its finality.
 */
export interface ParaPairOptions {
  /** The parachain's id. Default: 2000. */
  readonly paraId?: number;
  readonly relay?: DevchainOptions;
  readonly para?: Omit<DevchainOptions, "finalityLag" | "votesAhead" | "rotateEvery" | "justificationPeriod">;
}

/** A relay chain, and a parachain whose heads are in the relay chain's state. */
export interface ParaPair {
  readonly paraId: number;
  readonly relay: Devchain;
  readonly para: Devchain;
  /**
   * Makes this many parachain blocks (default 1), and then a relay block with the last parachain block's
   * head.
   * @returns the relay block
   */
  readonly produce: (paraBlocks?: number) => Block;
  readonly close: () => void;
}

const defaultParaId = 2000;

/**
 * Opens a relay chain and its parachain. Each relay block writes the head of the current best parachain block
 * to `Paras.Heads`, unless the state already has that head. When a relay block becomes final, so does the
 * parachain block whose head is in the relay block's state. Otherwise, parachain blocks become final only
 * with `finalize`.
 * @throws {@link DevchainError} as `createDevchain`
 */
export async function createParaPair(options: ParaPairOptions = {}): Promise<ParaPair> {
  const { paraId = defaultParaId } = options;
  const paraOptions = {
    chainName: "Development Parachain",
    ...options.para,
    finalityLag: Number.POSITIVE_INFINITY,
  };
  const para = await openDevchain(paraOptions, { kind: "para", paraId });
  const relay = await openRelay(options.relay, para, paraId).catch((error: unknown) => {
    para.close();
    throw error;
  });
  relay.setParaHead(paraId, para.best().encodedHeader);
  para.subscribe((event) => {
    if (event.kind === "best") relay.setParaHead(paraId, event.block.encodedHeader);
  });
  relay.subscribe((event) => {
    if (event.kind === "finalized") finalizeHead(para, relay, event.block, paraId);
  });
  const stop =
    options.relay?.mode === undefined || options.relay.mode.kind === "instant"
      ? followInstantly(para, relay)
      : () => {};
  return {
    paraId,
    relay,
    para,
    produce: (paraBlocks = 1) => {
      for (let i = 0; i < paraBlocks; i++) para.produceBlock();
      return relay.produceBlock();
    },
    close: () => {
      stop();
      relay.close();
      para.close();
    },
  };
}

function openRelay(options: DevchainOptions = {}, para: Devchain, paraId: number): Promise<Devchain> {
  const heads = [{ paraId, head: para.genesis.encodedHeader }];
  return openDevchain({ chainName: "Development Relay", ...options }, { kind: "relay", heads });
}

/**
 * Finalizes the parachain block whose head is in the relay chain's state after block `at`. Ignores a head
 * that belongs to no block of this parachain, because tests can write any bytes.
 */
function finalizeHead(para: Devchain, relay: Devchain, at: Block, paraId: number): void {
  const value = relay.stateOf(at).get(paraHeadKey(relay.crypto, paraId));
  if (value === undefined) return;
  const head = para.blockOf(
    headerHash(
      para.crypto,
      decodeAll(value, (r) => r.vecU8()),
    ),
  );
  if (head !== undefined && head.header.number > para.finalized().header.number) para.finalize(head);
}

/**
 * Makes a relay chain in instant mode follow the parachain: it makes one relay block for all parachain blocks
 * from the same turn of the event loop.
 */
function followInstantly(para: Devchain, relay: Devchain): () => void {
  let next: NodeJS.Immediate | undefined;
  const unsubscribe = para.subscribe(({ kind }) => {
    if (kind !== "best") return;
    next ??= setImmediate(() => {
      next = undefined;
      relay.produceBlock();
    });
  });
  return () => {
    unsubscribe();
    clearImmediate(next);
  };
}
