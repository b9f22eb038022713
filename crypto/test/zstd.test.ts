import { fromBase64 } from "@pruntime/core/bytes";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { unzstd } from "../src/zstd.ts";

/** Pseudo-random bytes with repetitions, so that they compress. The bytes are the same on every machine. */
function sample(length: number, spread: number): Uint8Array {
  const out = new Uint8Array(length);
  let x = 1n;
  for (let i = 0; i < length; i++) {
    x = (x * 1103515245n + 12345n) % (1n << 31n);
    const v = Number(x >> 16n);
    const fresh = Math.floor((((v >> 4) % spread) * ((v >> 9) % spread)) / spread);
    out[i] = v % 10 < 3 && i > 60 ? (out[i - (v % 50) - 1] as number) : fresh;
  }
  return out;
}

// One frame for each case below, from zstd 1.5.4: `zstd -3`, `zstd -19 --no-check`, `zstd -1 --check`.
const frames = {
  repeated: ["KLUv/QRYTQAAEGFhAQDjK4AFI0LaLg=="],
  mixed: [
    "KLUv/QBonTUAmrp8GqWId3d3ZmZmVVZUVERDNDIzEiEhogGoAaQBhRmS8p9iD9gprN9pJa2ubqWyUD4q7awv8hRUWbWO/dppulYG",
    "iv+M2tzifN/Gm86jcNiuCIgfAl3+zqqH06pNjSahZNbO1ovInhi1ZAhxikoM9ssxAPoYOb50BiGjgaMKohRGIFUMFFgxNkOGvbUX",
    "YyB8drrou0Ocm68xPsweMlHTzCn+bvHtJ64YDMd9NuC3uPz+E1rNiqIFrrIS7fc7RedPBUj2tAlFH50Gr88WBfvGcWoudGnU6G9A",
    "duxWa1hHsRWj1JKra8Y5rEeBb9r6nNJxn0KjA0I22Geq+UTwIblLhaYCtgFlJ0zrtmn6sLMT+/gn4ovoF/+GpZjghD/Tg7ICJOtO",
    "ItB3vfR00qiYdNdjZNiFI6Wv7sF6z/jJYv9cWa+RsVpnhIPRQ+Ec1pS8Wqz8jmEVZ8wqjNwhsJqkcudzb0CgkHLAcilrPehm+mDF",
    "VjIAB/JJT/v/uBmASpbweXumZPxu/0u6TWa3PSn5kvncUQdpprTDYbXpENJRcT6Kw0qwOtGCyKOzwt6hoUCfm+yKsA6zvpivFjHD",
    "7ZTbg4xjAsdjm+mUV4xI6A6c8schwCD7TmPB4HJwhvlyKwD5tjFx+4KiTlU7G9+3YxBAwI3qVr8AAevbhgmMtOLVescwfE20oMfH",
    "8CFb3W9swmjsUy1O1dWrY3cBY8xLgaQU8BrivpQXUwAATYo+6FlV0ckWDM3BcPARC+ORHNkUAA4uYRGyCWgSI2YKpAXAkYCO0rIR",
    "QoXtZLSRbEGzsX2Q6ZyU1nYHhr7ANiUzcRpYTrKNdWkOSoeWI5JwCq7G+OCwjpBSwXfRymMjmTFokR0GJjF5hTU9qKeUg2Lp6V3Z",
    "E8ADpbuCzdaWapAcyw1waRmshIu3GGiv2M1mTMMgoS0XRlryjlHNmF73imp2Q8zXxmn+mxpQY7jeZminxvP7aNyAP2D+xrLCXcCC",
    "xzHrBQ9Oam7IB3KqwgPEgSLlL7fvhIzLxq8MDCq9+A0heorgULkX5ORtPXBLuolfacjsdOwKAyICBM7LVp4z5BPDolumFlP23+XA",
    "eqNPhziIWbzA0lkphoYOSrkFbcdTfEyShX8aRV0SQ4VWEksSYXfq3GCSm7tdWb9O3rBu6y01qrQ3GtysqESEjngGzRSO7SR/pzJL",
    "tVoKISgYIxBGOoGl8Fsm1kKUzzJMjYOVNsy2sQekQLDHaZwUStooCpN4prPixrGMxLGLFYmTtk5JiHwC4WmaSNjmaBt/ALbbBT/o",
    "l+lSFhgi+jKAF3brIPUxHNIaRznv2OVTZuTBh34RNHBubsB5j1E56WCs66ztY9kmkZvGAWldIO5yK6XwbxqLOT7u8kUdv/N/3Kpo",
    "gVPxzKPuuVU+qfL+KQr4ZR3Pwbk6AEwkMmI6lxMo+XCwiVw/Osbf93RiQ4wy8mIkOZpn6sIubEi4KXs271+AsYA9hVPpqvpAKfQK",
    "YzNGM2m1T5bjjboqxglNtptPWDf+zUKm/dfCqm3FIPruh5Hihdm3PGdDzPixlvbdaRh7luWsDpbwMbZm/9o741s245pYRSry0vC7",
    "GM2Y8whbA3YGddUqLW7gGE16vmsBcwRl5RVfKlN0mZ05/JSeTmET32efbxGrKpTCFS+qgdbpczFyx+F9yvi0CGuI6v1adNi9k2Jj",
    "Q1Cm0LU7PgdE4T0ldQrSSFcnVSmH86BpCAGGBbZRzgxEo7VIeP8RJwpO49HBwFc4g33Dw3F2pRkaRtYLOkWHGXmO2dI8LbHpitoM",
    "f7fAvwAFH/8NdsYMIyESZtAW27yKHIqZgX9DXtJmIIhZAo1ZGeA0syskE62ZdmveJ4imizkP1h0+++ykIJokmevd1FO+6eNzVcoW",
    "DW37l4OCRjz28zyXv9TDz+rjxcKlXJEb/FYMuLCDKcPjuTdhieHDXD1cKaIIis0+/PguCjNmB3XM7yYnxp0bClsp5aNUtuY8yj9O",
    "ogiHSKJncEYb6oqlpj5LhYxUTuqdtgkEaNtpQkL41vb59PY9+xk7J7DvmCyK2EJZ21f7IO4Q58/60B7kzAu5/hQDTNkWBLHGbXq2",
    "Bwk4xZkTr7cwQ9nCVXtgYT5TZXwIwN9sgtPe52CUhQ0yrrl0nxKeINdf5/MP2jqM+5x8sRWya9vrY6nid/AM12fbLgaIMXiWq1ET",
    "OqUtiBrU+ZeepfiePOAsItr6UmFku/g4zjEJmZ3/wB8bLDfJHOHZ5p90jlHixGN/DA20jRPZUaIjCgQAXtwrmPABpm4A1kULAFA=",
  ],
  fast: [
    "KLUv/QRIpQcAFqg1hmREMhA2AC8AMwC1bzxPuCFAVIT2ABwEEAEFUGMRGIGnA/UOQ2azmJCoxBQ+WeaRzARgzDY7NtFyogOwKwm4",
    "TQS5lrrUKtcoEhmazFhLUM8k+phJIg8jGKtQDwKt5OPSnxZqODl1BEFVfl0Vo0iIGxUBOE4BajyEYQiB2N5AjhAihAiPDicWdZBV",
    "ueyB5XSCP/PNWAswb8nM5JUbkHuTPAZMBsP6tJHRu4KkKNMNA7WBBgkIASlRUc5gdZoVEcAxF+lKlaO0dmP3ImXJp9mmoQDEXOsU",
    "AQgA6dTmyNwc0m0EMtIy1LGs6RHFqEympAygAdTsUxA=",
  ],
};
const cases = [
  ["one byte repeated", frames.repeated, new Uint8Array(1000).fill(97)],
  ["3000 bytes, packed well", frames.mixed, sample(3000, 40)],
  ["700 bytes, packed fast", frames.fast, sample(700, 9)],
] as const;
const frameOf = (lines: readonly string[]) => fromBase64(lines.join(""));

describe("unzstd", () => {
  it.each(cases)("unpacks %s", (_, lines, plain) => {
    const frame = frameOf(lines);
    expect(unzstd(frame, plain.length)).toEqual(plain);
    const offset = new Uint8Array(frame.length + 3).subarray(3);
    offset.set(frame);
    expect(unzstd(offset, plain.length)).toEqual(plain);
  });

  it.each(cases)("refuses more than it may unpack: %s", (_, lines, plain) => {
    expect(unzstd(frameOf(lines), plain.length - 1)).toBeUndefined();
  });

  it("refuses half a frame, and bytes that are not a frame", () => {
    const frame = frameOf(frames.mixed);
    expect(unzstd(frame.subarray(0, frame.length >> 1), 1 << 20)).toBeUndefined();
    expect(unzstd(new Uint8Array(64).fill(7), 1 << 20)).toBeUndefined();
  });

  it("returns bytes or undefined for any input", () => {
    const frame = frameOf(frames.fast);
    fc.assert(
      fc.property(fc.nat(frame.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const bent = frame.slice();
        bent[at] = (bent[at] as number) ^ flip;
        expect(unzstd(bent, 1 << 20)?.length ?? 0).toBeLessThanOrEqual(1 << 20);
      }),
    );
  });
});
