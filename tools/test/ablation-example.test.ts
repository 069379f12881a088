import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AblationResult } from '@cantrip/ablation';
import { loadGolden } from '@cantrip/testing';
import { describe, expect, it } from 'vitest';
import { calibrationError } from '../../docs/examples/ablation/calibration-error.ts';
import { writeFewDigits } from '../examples/few-digits.ts';
import { runCommand } from '../test-all/run-command.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Calibration {
  readonly logits: readonly number[];
  readonly labels: readonly number[];
  readonly error: number;
}

const { cases, tolerance } = loadGolden<Readonly<Record<string, Calibration>>>(
  new URL('golden/calibration.json', import.meta.url),
);

describe('the ablation example', () => {
  it.each(Object.entries(cases))(
    'computes the calibration error of %s predictions as torchmetrics does',
    (_, golden) => {
      const ours = calibrationError(golden.logits, golden.labels);
      expect(Math.abs(ours - golden.error)).toBeLessThan(tolerance['relative']! * golden.error);
    },
  );

  it(
    'runs every experiment on a few images, and trains nothing the second time',
    { timeout: 300_000 },
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'cantrip-ablation-'));
      const data = join(folder, 'data');
      writeFewDigits(data, { train: 600, test: 100 });
      const program = ['tsx', '--conditions=@cantrip/source', 'docs/examples/ablation/main.ts'];
      const options = ['--quick', '--seeds', '1', '--data', data, '--folder', folder];
      const run = () => runCommand('npx', [...program, ...options], { cwd: root, limit: 5, quiet: true });
      const first = await run();
      expect(first.output).toContain('[6/6]');
      expect(first.code).toBe(0);
      for (const name of ['five-tricks', 'noisy-labels', 'large-batch', 'batch-of-two']) {
        const result = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as AblationResult;
        expect(result.effects.map(({ missing }) => missing)).not.toContain(1);
        expect(first.output).toContain(`# ${name}`);
        expect(existsSync(join(folder, `${name}.test_accuracy.svg`))).toBe(true);
      }
      expect(trickVerdicts(folder)).toMatchObject({
        'cudnn-tuner': 'changes nothing',
        seed: 'changes nothing',
      });
      const second = await run();
      expect(second.output).not.toMatch(/\[\d+\/\d+\]/);
      expect(second.code).toBe(0);
    },
  );
});

/** On a processor cuDNN's settings and a second seed must not be felt. */
function trickVerdicts(folder: string): Record<string, string> {
  const { effects } = JSON.parse(readFileSync(join(folder, 'five-tricks.json'), 'utf8')) as AblationResult;
  return Object.fromEntries(effects.map(({ name, verdict }) => [name, verdict]));
}
