import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ablate, type AblationResult, type RunRecord } from '@cantrip/ablation';
import { presentDevices } from '@cantrip/testing';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from './fixtures/temporary-folder.ts';

interface Trained {
  readonly result: AblationResult;
  readonly runs: readonly RunRecord[];
}

async function train(
  parameters: Record<string, string | number>,
  seeds: number,
  threads: number,
): Promise<Trained> {
  const folder = temporaryFolder();
  const experiment = new URL('./fixtures/tiny-training.ts', import.meta.url);
  const result = await ablate({
    experiment,
    design: 'leave-one-out',
    seeds,
    threads,
    folder,
    parameters,
    stream: null,
  });
  const lines = readFileSync(join(folder, 'tiny-training.jsonl'), 'utf8').trim().split('\n').slice(1);
  return { result, runs: lines.map((line) => JSON.parse(line) as RunRecord) };
}

describe('an ablation of real trainings', () => {
  it('trains equal variants to equal bits in unlike processes, and unlike seeds to unlike ones', async () => {
    const { result, runs } = await train({}, 2, 1);
    const [faster, swapped] = result.effects;
    expect(swapped!.verdict).toBe('changes nothing');
    expect(faster!.difference.values).not.toContain(0);
    const losses = runs.map(({ figures }) => figures['validation_loss']);
    expect(new Set(losses).size).toBe(4);
    for (const { steps, stepMilliseconds, seconds, cpuSeconds, machine } of runs) {
      expect(steps).toBe(6);
      expect(Math.min(stepMilliseconds, seconds, cpuSeconds)).toBeGreaterThan(0);
      expect(machine).toMatchObject({ device: 'cpu', node: process.version });
    }
  });

  it('takes a loss that is not finite for a result, not for a failure', async () => {
    const { result } = await train({ learningRate: 1e30 }, 1, 1);
    expect(result.variants.map(({ diverged }) => diverged)).toEqual([1, 1, 1]);
    const [loss, , accuracy] = result.effects;
    expect([loss!.figure, loss!.missing]).toEqual(['validation_loss', 1]);
    expect([accuracy!.figure, accuracy!.missing, accuracy!.with]).toEqual(['validation_accuracy', 0, 1 / 3]);
  });

  it('gives each training on TensorFlow its threads', async (context) => {
    if (!(await presentDevices(['tensorflow'])).includes('tensorflow'))
      return context.skip('tensorflow is absent');
    for (const threads of [1, 2]) {
      const { runs } = await train({ device: 'tensorflow' }, 1, threads);
      for (const { machine } of runs) expect(machine).toMatchObject({ device: 'tensorflow', threads });
    }
  });
});
