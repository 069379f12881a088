import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ablate, type AblateOptions, type AblationResult } from '@cantrip/ablation';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from './fixtures/temporary-folder.ts';

const formula = new URL('./fixtures/formula.ts', import.meta.url);

const run = (options: Partial<AblateOptions>): Promise<AblationResult> =>
  ablate({
    experiment: formula,
    design: 'leave-one-out',
    folder: temporaryFolder(),
    stream: null,
    ...options,
  });

const linesOf = (folder: string): string[] =>
  readFileSync(join(folder, 'formula.jsonl'), 'utf8').trim().split('\n').slice(1);

describe('ablate', () => {
  it('tells what helps, what hurts and what changes nothing', async () => {
    const { effects } = await run({});
    expect(effects.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['gain', 'helps'],
      ['loss', 'hurts'],
      ['idle', 'changes nothing'],
    ]);
    expect(effects[0]!.difference.values).toHaveLength(5);
  });
});
