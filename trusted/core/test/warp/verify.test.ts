import { describe, expect, it } from "vitest";
import { portableCrypto as crypto } from "../../src/crypto/index.ts";
import { type AuthoritySet, grandpaDigestItem } from "../../src/grandpa/index.ts";
import { decodeLightClient, encodeLightClient, type LightClient } from "../../src/light-client/index.ts";
import {
  advanceByWarpProof,
  decodeWarpProof,
  encodeWarpProof,
  maxWarpProofBytes,
  verifyWarpProof,
  type WarpFragment,
} from "../../src/warp/index.ts";
import { child } from "../grandpa/chain.ts";
import { after, at4, at9, at12, clientAt, fragment, next, root, scheduled, setOf } from "./chain.ts";

const code = (expected: string) => expect.objectContaining({ code: expected });
const [f4, f9, f12] = [fragment(at4, 0), fragment(at9, 1), fragment(at12, 2)];

function verify(fragments: readonly WarpFragment[], isFinished = true, trusted: AuthoritySet = setOf(0)) {
  return verifyWarpProof(crypto, trusted, decodeWarpProof(encodeWarpProof({ fragments, isFinished })));
}

function advance(client: LightClient, fragments: readonly WarpFragment[], isFinished = true) {
  return advanceByWarpProof(crypto, client, { fragments, isFinished });
}

describe("verifyWarpProof", () => {
  it("follows the sets to the last block", () => {
    const end = verify([f4, f9, f12]);
    expect(end).toMatchObject({
      finalized: { number: 12, hash: at12.hash },
      authorities: setOf(2),
      pending: [],
    });
  });

  it("starts at any set", () => {
    expect(verify([f9, f12], true, setOf(1)).finalized.number).toBe(12);
    expect(() => verify([f9, f12], true, setOf(0))).toThrow(code("finality/below-threshold"));
    expect(() => verify([f9], true, { ...setOf(1), setId: 2n })).toThrow(code("finality/bad-signature"));
    expect(() => verify([f4], true, { ...setOf(0), authorities: [] })).toThrow(code("finality/empty-set"));
  });

  it("ends at a set's last block, finished or not", () => {
    for (const finished of [true, false])
      expect(verify([f4, f9], finished)).toMatchObject({ finalized: { number: 9 }, authorities: setOf(2) });
  });

  it("refuses a proof without fragments", () => {
    for (const finished of [true, false]) expect(() => verify([], finished)).toThrow(code("warp/empty"));
  });

  it("refuses a fragment that does not end a set, except as the last one of a finished proof", () => {
    const f2 = fragment(after(root, 2), 0);
    expect(verify([f2])).toMatchObject({ finalized: { number: 2 }, authorities: setOf(0) });
    expect(() => verify([f2], false)).toThrow(code("warp/no-set-change"));
    expect(() => verify([f2, f4])).toThrow(code("warp/no-set-change"));
    expect(() => verify([f4, f9, f12], false)).toThrow(code("warp/no-set-change"));
  });

  it("refuses fragments left out, repeated or in another order", () => {
    expect(() => verify([f4, f12])).toThrow(code("finality/below-threshold"));
    expect(() => verify([f4, f4, f9])).toThrow(code("warp/not-ascending"));
    expect(() => verify([f9, f4])).toThrow(code("finality/below-threshold"));
    const early = next(after(root, 2), scheduled(2));
    expect(() => verify([f4, fragment(early, 1)])).toThrow(code("warp/not-ascending"));
    const same = next(after(root, 3), scheduled(2));
    expect(() => verify([f4, fragment(same, 1)])).toThrow(code("warp/not-ascending"));
  });

  it("refuses a justification of another block", () => {
    expect(() => verify([fragment(at4, 0, at9)])).toThrow(code("finality/wrong-target"));
  });

  it("refuses too few votes", () => {
    const { precommits } = f4.justification;
    const few = { ...f4, justification: { ...f4.justification, precommits: precommits.slice(1) } };
    expect(() => verify([few, f9])).toThrow(code("finality/below-threshold"));
  });

  it("does not mistake an announcement for the change itself", () => {
    const announcing = next(after(root, 3), scheduled(1, 2));
    expect(() => verify([fragment(announcing, 0), fragment(after(announcing, 5), 1)])).toThrow(
      code("warp/no-set-change"),
    );
    expect(() => verify([fragment(announcing, 0)], false)).toThrow(code("warp/no-set-change"));
    expect(verify([fragment(announcing, 0)])).toMatchObject({
      finalized: { number: 4 },
      authorities: setOf(0),
      pending: [{ announcedAt: 4, enactsAt: 6, authorities: setOf(1).authorities }],
    });
  });

  describe("with the headers below a fragment", () => {
    const announcing = next(after(root, 3), scheduled(1, 2));
    const between = next(announcing);
    const end = next(between);
    const before = [announcing.encoded, between.encoded];
    const advanceTo = (given: Partial<WarpFragment>) =>
      advance(clientAt(root, 0), [{ ...fragment(end, 0), ...given }]);

    it("follows a change that one of them announced", () => {
      expect(advanceTo({ before })).toMatchObject({ authorities: setOf(1), pending: [] });
      expect(advanceTo({})).toMatchObject({ authorities: setOf(0), pending: [] });
    });

    it("refuses headers that are not linked, or lead below the last fragment", () => {
      const spare = next(after(root, 3), scheduled(2, 2)).encoded;
      for (const other of [
        [between.encoded, announcing.encoded],
        [announcing.encoded],
        [spare, between.encoded],
        [...before, end.encoded],
      ])
        expect(() => advanceTo({ before: other })).toThrow(code("warp/not-linked"));
      const known = { ...fragment(end, 0), before };
      expect(() => advance(clientAt(announcing, 0), [known])).toThrow(code("warp/not-ascending"));
    });
  });

  it("refuses a forced change", () => {
    const forced = grandpaDigestItem({
      kind: "forced-change",
      medianLastFinalized: 0,
      nextAuthorities: setOf(1).authorities,
      delay: 0,
    });
    expect(() => verify([fragment(next(root, forced), 0)])).toThrow(code("finality/forced-change"));
  });

  it("reads the announcement from the encoded header, not from the fragment's decoded header", () => {
    const lie = { ...f4, header: next(at4, scheduled(3)).header };
    expect(() => verify([lie, f9])).not.toThrow(); // only the encoded header is read
    const other = { ...f4, encodedHeader: next(after(root, 3), scheduled(3)).encoded };
    expect(() => verify([other])).toThrow(code("finality/wrong-target"));
  });
});

describe("decodeWarpProof", () => {
  const bytes = encodeWarpProof({ fragments: [f4, f9, f12], isFinished: true });

  it("returns the encoded proof, from offset views too", () => {
    const offset = new Uint8Array(bytes.length + 7).subarray(7);
    offset.set(bytes);
    expect(decodeWarpProof(offset)).toEqual({ fragments: [f4, f9, f12], isFinished: true });
    expect(bytes.at(0)).toBe(3 << 2);
    expect(bytes.at(-1)).toBe(1);
  });

  it("refuses every strict prefix, and trailing bytes", () => {
    for (let length = 0; length < bytes.length; length++)
      expect(() => decodeWarpProof(bytes.subarray(0, length))).toThrow(
        code(expect.stringMatching(/^codec\//) as string),
      );
    expect(() => decodeWarpProof(Uint8Array.of(...bytes, 0))).toThrow(code("codec/trailing"));
  });

  it("refuses a flag that is not a boolean, and a count beyond the bytes", () => {
    expect(() => decodeWarpProof(bytes.with(-1, 2))).toThrow(code("codec/bad-tag"));
    expect(() => decodeWarpProof(Uint8Array.of(0xfe, 0xff, 0xff, 0xff, 1))).toThrow(code("codec/too-long"));
  });

  it("refuses more bytes than nodes send", () => {
    expect(() => decodeWarpProof(new Uint8Array(maxWarpProofBytes + 1))).toThrow(code("warp/too-large"));
    expect(() => decodeWarpProof(new Uint8Array(maxWarpProofBytes))).toThrow(code("codec/trailing"));
  });

  it("refuses a flipped bit in any byte, while decoding or while verifying", () => {
    const whole = encodeWarpProof({ fragments: [f4], isFinished: true });
    const codes = code(expect.stringMatching(/^(codec|finality|warp)\//) as string);
    for (let at = 0; at < whole.length - 1; at++) {
      const flipped = whole.with(at, (whole[at] as number) ^ (1 << (at % 8)));
      expect(() => verifyWarpProof(crypto, setOf(0), decodeWarpProof(flipped)), `byte ${at}`).toThrow(codes);
    }
  });
});

describe("advanceByWarpProof", () => {
  it("moves a light client to the end, and its encoding too", () => {
    const client = advance(clientAt(root, 0), [f4, f9, f12]);
    expect(client).toEqual(clientAt(at12, 2));
    expect(decodeLightClient(encodeLightClient(client))).toEqual(client);
  });

  it("skips fragments that are already final", () => {
    expect(advance(clientAt(at4, 1), [f4, f9, f12])).toEqual(clientAt(at12, 2));
    expect(advance(clientAt(after(at4, 2), 1), [f4, f9, f12])).toEqual(clientAt(at12, 2));
    const there = clientAt(at12, 2);
    expect(advance(there, [f4, f9, f12])).toBe(there);
    expect(advance(there, [f4, f9])).toBe(there);
  });

  it("refuses a proof without fragments", () => {
    expect(() => advance(clientAt(root, 0), [])).toThrow(code("warp/empty"));
  });

  it("refuses another fork of its last final block", () => {
    const fork = child(after(root, 3), { fork: 1 });
    expect(() => advance(clientAt(fork, 1), [f4, f9])).toThrow(code("headers/conflicts-finalized"));
  });

  it("refuses a fragment below the previous one", () => {
    expect(() => advance(clientAt(after(at4, 2), 1), [f9, f4])).toThrow(code("warp/not-ascending"));
    expect(() => advance(clientAt(root, 0), [f4, fragment(next(after(root, 2), scheduled(2)), 1)])).toThrow(
      code("warp/not-ascending"),
    );
  });

  it("enforces the pending change", () => {
    const announcing = next(after(root, 3), scheduled(1, 2));
    const pending = [{ announcedAt: 4, enactsAt: 6, authorities: setOf(1).authorities }];
    const waiting = clientAt(announcing, 0, pending);
    const end = after(announcing, 2);
    expect(advance(waiting, [fragment(end, 0)])).toEqual(clientAt(end, 1));
    expect(advance(waiting, [fragment(end, 0)], false)).toEqual(clientAt(end, 1));
    expect(advance(waiting, [fragment(after(announcing, 1), 0)])).toEqual(
      clientAt(after(announcing, 1), 0, pending),
    );
    expect(() => advance(waiting, [fragment(after(announcing, 3), 0)])).toThrow(
      code("headers/beyond-set-change"),
    );
    expect(() => advance(waiting, [fragment(next(announcing, scheduled(2)), 0)])).toThrow(
      code("headers/overlapping-change"),
    );
  });
});
