import {
  decodeAuthoritySetChange,
  decodeBlockHeaderWithEvents,
  decodeBlockWithEvents,
  decodeBridgeInitInfo,
  decodeHeaderToSync,
  decodeSignedBlock,
  encodeAuthoritySetChange,
  encodeBlockHeaderWithEvents,
  encodeBlockWithEvents,
  encodeBridgeInitInfo,
  encodeHeaderToSync,
  encodeSignedBlock,
} from "@pruntime/core/bridge-2020";
import { portableCrypto } from "@pruntime/core/crypto";
import { startFromGenesis } from "@pruntime/core/light-client";
import { setOf } from "../../trusted/core/test/warp/chain.ts";
import {
  extrinsic2020,
  pushCommand2020,
  TinyChain,
  unsigned2020,
} from "../../trusted/runtime/test/support/tiny-chain.ts";
import { canonical, each, type Target, verdict } from "../target.ts";

export const target: Target = {
  run: (input) =>
    each(input, {
      init: (bytes) => {
        const info = canonical(bytes, decodeBridgeInitInfo(bytes), encodeBridgeInitInfo);
        return [info, verdict(() => startFromGenesis(portableCrypto, info))];
      },
      block: (bytes) => canonical(bytes, decodeSignedBlock(bytes), encodeSignedBlock),
      change: (bytes) => canonical(bytes, decodeAuthoritySetChange(bytes), encodeAuthoritySetChange),
      header: (bytes) => canonical(bytes, decodeHeaderToSync(bytes), encodeHeaderToSync),
      events: (bytes) => canonical(bytes, decodeBlockHeaderWithEvents(bytes), encodeBlockHeaderWithEvents),
      blockEvents: (bytes) => canonical(bytes, decodeBlockWithEvents(bytes), encodeBlockWithEvents),
    }),
  genuine: () => {
    const chain = new TinyChain();
    const extrinsics = [
      unsigned2020(Uint8Array.of(2, 0, 0)),
      extrinsic2020(pushCommand2020(2, Uint8Array.of(1, 2, 3))),
    ];
    chain.grow({ extrinsics, events: Uint8Array.of(0) });
    chain.grow();
    const [header, last] = chain.headers(1, 2).headers as [Uint8Array, Uint8Array];
    const [events] = chain.dispatch(1, 1).blocks as [Uint8Array];
    const { block } = chain.body(1);
    return {
      init: chain.genesisInfo(),
      block,
      change: encodeAuthoritySetChange({
        authorities: setOf(1).authorities,
        setId: 1n,
        proof: [Uint8Array.of(0), new Uint8Array(40)],
      }),
      header,
      "header-justified": last,
      events,
      "block-events": encodeBlockWithEvents({ block: decodeSignedBlock(block), ...chain.proven(1) }),
    };
  },
};
