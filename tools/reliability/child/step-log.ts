import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Plugin } from '@cantrip/trainer';

/** Writes a line for each step. When a run is resumed, the lines after its step are cut off. */
export function stepLog(file: string): Plugin<{ sum: number }> {
  return {
    name: 'step-log',
    state: () => ({ sum: 0 }),
    onTrainBegin({ step }) {
      const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
      const kept = lines.slice(0, step).map((line) => `${line}\n`);
      writeFileSync(file, kept.join(''));
    },
    onStepEnd({ step, epoch, state }) {
      state.sum += step;
      appendFileSync(file, `step ${step} of epoch ${epoch}, sum ${state.sum}\n`);
    },
  };
}
