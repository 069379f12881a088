import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { readSafetensors, type SafeTensor } from '@cantrip/safetensors';

/** Where convert.py puts the weights. */
export const pretrainedFile: string =
  process.env['CANTRIP_PRETRAINED'] ??
  join(homedir(), '.cache', 'cantrip', 'pretrained', 'efficientnet-lite0.safetensors');

/** EfficientNet-Lite0's ImageNet weights, by PyTorch's names. */
export function readPretrained(): ReadonlyMap<string, SafeTensor> {
  if (!existsSync(pretrainedFile)) {
    throw new Error(
      `There is no ${pretrainedFile}. Run \`npm run bench:install\`, then docs/examples/pretrained/convert.py with that Python.`,
    );
  }
  return readSafetensors(readFileSync(pretrainedFile)).tensors;
}
