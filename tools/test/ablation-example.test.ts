import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AblationResult } from '@cantrip/ablation';
import { describe, expect, it } from 'vitest';
import { writeFewDigits } from '../examples/few-digits.ts';
import { runCommand } from '../test-all/run-command.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

const experiments = [
  'rates',
  'five-tricks',
  'repeats',
  'calibration',
  'noisy-labels',
  'large-batch',
  'stochastic-depth',
];

describe('the ablation example', () => {
  it(
    'runs every experiment on a few images, and trains nothing the second time',
    { timeout: 600_000 },
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'cantrip-ablation-'));
      const data = join(folder, 'data');
      writeFewDigits(data, { train: 600, test: 100 });
      const program = ['tsx', '--conditions=@cantrip/source', 'docs/examples/ablation/main.ts'];
      const options = ['--quick', '--seeds', '1', '--data', data, '--folder', folder];
      const run = () => runCommand('npx', [...program, ...options], { cwd: root, limit: 10, quiet: true });
      const first = await run();
      expect(first.output).toContain('[6/6]');
      expect(first.code).toBe(0);
      for (const name of experiments) {
        const result = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as AblationResult;
        expect(result.effects.map(({ missing }) => missing)).not.toContain(1);
        expect(first.output).toContain(`# ${name}`);
        expect(existsSync(join(folder, `${name}.${result.figures[0]!.name}.svg`))).toBe(true);
      }
      expect(existsSync(join(folder, 'calibration.smoothing-0.1.seed-1.svg'))).toBe(true);
      expect(accuracyVerdicts(folder)).toMatchObject({
        // On a processor cuDNN's settings must not be felt.
        'cudnn-tuner': 'changes nothing',
        // Without a seed a run has chance weights, and one pair tells nothing.
        seed: 'too few seeds to tell',
      });
      const [gap, weights] = effectsIn(folder, 'repeats');
      expect([gap!.with, weights!.with]).toEqual([0, 0]);
      expect(weights!.without).toBeGreaterThan(0.5);
      const second = await run();
      expect(second.output).not.toMatch(/\[\d+\/\d+\]/);
      expect(second.code).toBe(0);
    },
  );
});

const effectsIn = (folder: string, name: string): AblationResult['effects'] =>
  (JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as AblationResult).effects;

function accuracyVerdicts(folder: string): Record<string, string> {
  const effects = effectsIn(folder, 'five-tricks').filter(({ figure }) => figure === 'test_accuracy');
  return Object.fromEntries(effects.map(({ name, verdict }) => [name, verdict]));
}
