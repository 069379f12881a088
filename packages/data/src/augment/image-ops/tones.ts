import type { ByteImage } from './byte-image.ts';

/** Keeps the upper bits of each byte. */
export function posterize({ values }: ByteImage, bits: number): void {
  const mask = 256 - 2 ** (8 - bits);
  for (let at = 0; at < values.length; at++) values[at] = values[at]! & mask;
}

/** Inverts the bytes from a threshold on. */
export function solarize({ values }: ByteImage, threshold: number): void {
  for (let at = 0; at < values.length; at++) if (values[at]! >= threshold) values[at] = 255 - values[at]!;
}

/** Stretches each channel to 0 … 255. A channel of one value stays. */
export function autoContrast({ values, channels }: ByteImage): void {
  for (let channel = 0; channel < channels; channel++) {
    let [low, high] = [255, 0];
    for (let at = channel; at < values.length; at += channels) {
      low = Math.min(low, values[at]!);
      high = Math.max(high, values[at]!);
    }
    if (low === high) continue;
    const scale = Math.fround(255 / (high - low));
    for (let at = channel; at < values.length; at += channels)
      values[at] = Math.trunc(Math.min(255, Math.fround((values[at]! - low) * scale)));
  }
}

/** Makes all values of a channel about equally frequent. */
export function equalize({ values, channels }: ByteImage): void {
  for (let channel = 0; channel < channels; channel++) {
    const counts = new Uint32Array(256);
    for (let at = channel; at < values.length; at += channels) counts[values[at]!]! += 1;
    const highest = counts.findLastIndex((count) => count > 0);
    const step = Math.floor((values.length / channels - counts[highest]!) / 255);
    if (step === 0) continue;
    const table = new Uint8Array(256);
    let below = Math.floor(step / 2);
    for (let value = 0; value < 255; value++) {
      below += counts[value]!;
      table[value + 1] = Math.min(255, Math.floor(below / step));
    }
    for (let at = channel; at < values.length; at += channels) values[at] = table[values[at]!]!;
  }
}
