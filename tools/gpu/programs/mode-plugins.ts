import { cudnnTuning } from '@cantrip/cudnn-tuner';
import { seed } from '@cantrip/seed';
import type { PluginList } from '@cantrip/trainer';

/** The first is what the others are compared with. */
export const modes: Readonly<Record<string, () => PluginList>> = {
  off: () => [seed({ value: 1 }), cudnnTuning({ mode: 'off' })],
  benchmark: () => [seed({ value: 1 }), cudnnTuning({ mode: 'benchmark' })],
  'benchmark, without TF32': () => [seed({ value: 1 }), cudnnTuning({ mode: 'benchmark', tf32: false })],
  deterministic: () => [seed({ value: 1 }), cudnnTuning({ mode: 'deterministic' })],
  "seed's deterministic ops": () => [seed({ value: 1, deterministic: true })],
  XLA: () => [seed({ value: 1 }), cudnnTuning({ mode: 'benchmark', compile: 'xla' })],
};
