import { parseOptions } from '@cantrip/errors';
import type { Plugin } from '@cantrip/trainer';
import * as v from 'valibot';
import { applyTrickName } from './apply-trick-name.ts';

export interface TrickNameOptions {
  /** What the loss is multiplied by, above 0; 0.5 by default, 1 changes nothing. */
  readonly strength?: number;
}

const schema = v.strictObject({
  strength: v.optional(v.pipe(v.number(), v.finite(), v.gtValue(0)), 0.5),
});

/**
 * Plugin: trains on `strength` times the loss.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * createTrainer({ …, plugins: [trickName({ strength: 0.5 })] });
 * ```
 */
export function trickName(options: TrickNameOptions = {}): Plugin {
  const { strength } = parseOptions('trickName', schema, options);
  return {
    name: 'trick-name',
    // What logs and reports show. Use plainSettings of plugin-kit if an option is no plain data.
    settings: { strength },
    // 1 must change no bit, and so does nothing at all.
    transformLoss: (loss) => (strength === 1 ? loss : applyTrickName(loss, strength)),
  };
}
