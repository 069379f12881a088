import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDevice } from '@cantrip/core-tensor-gpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { cases } from '../benchmarks/step/cases/cases.ts';
import type { Contender } from '../benchmarks/step/contenders/contenders.ts';
import type { CaseReport } from '../benchmarks/step/page/report.ts';
import { runCase } from '../benchmarks/step/run-case.ts';

const tenLosses = Array.from({ length: 10 }, (_, i) => 2.5 - 0.1 * i);
const notes = join(mkdtempSync(join(tmpdir(), 'step-run-')), 'notes.txt');

function fake(name: string, losses: readonly number[]): Contender {
  const file = new URL('fake-contender.ts', import.meta.url).href;
  return { name, title: name, family: 'cantrip', file, options: { name, losses, notes } };
}

/** Of what is said while it runs nothing is kept. */
function run(...contenders: Contender[]): Promise<CaseReport> {
  return runAfter(0, ...contenders);
}

function runAfter(warmUp: number, ...contenders: Contender[]): Promise<CaseReport> {
  writeFileSync(notes, '');
  const options = { rounds: 2, epochRounds: 1, warmUp, threads: 2, steps: 3, say: () => undefined };
  return runCase(
    cases.find(({ name }) => name === 'mlp')!,
    contenders,
    options,
  );
}

const turns = (what: RegExp): string[] =>
  readFileSync(notes, 'utf8')
    .split('\n')
    .filter((line) => what.test(line))
    .map((line) => line.split(' ')[0]!);

describe('a case of the benchmark', () => {
  beforeAll(() => openDevice('cpu'));

  it('gives each contender its turn in every round, each begun by another, and reports them all', async () => {
    const report = await run(fake('cantrip', tenLosses), fake('second', tenLosses), fake('third', tenLosses));
    // The round before the first does not count. With epochs come two more, each after steps.
    expect(turns(/trains/)).toEqual([
      ...['third', 'cantrip', 'second'],
      ...['cantrip', 'second', 'third'],
      ...['second', 'third', 'cantrip'],
      ...['third', 'cantrip', 'second'],
      ...['cantrip', 'second', 'third'],
    ]);
    expect(turns(/epoch/)).toEqual(['third', 'cantrip', 'second', 'cantrip', 'second', 'third']);
    expect(report.contenders.map(({ name, losses }) => [name, losses])).toEqual(
      ['cantrip', 'second', 'third'].map((name) => [name, tenLosses]),
    );
    expect(report).toMatchObject({ name: 'mlp', stepsPerRound: 3, stepsPerEpoch: 470 });
    for (const { peakMegabytes, stepMilliseconds, epoch } of report.contenders) {
      expect(peakMegabytes).toBeGreaterThan(10);
      expect(stepMilliseconds.low).toBeLessThanOrEqual(stepMilliseconds.median);
      expect(epoch!.imagesPerSecond.median).toBeGreaterThan(0);
    }
  });

  it('goes on with the batches where the last turn ended', async () => {
    await run(fake('cantrip', tenLosses));
    const batches = readFileSync(notes, 'utf8').match(/(?<=trains on ).*/g);
    expect(batches!.slice(0, 4)).toEqual(['0 1 2', '3 4 5', '6 7 8', '9 0 1']);
  });

  it("ends the epochs that Cantrip compares before the rounds, and adds none to another's", async () => {
    await run(fake('cantrip', tenLosses), { ...fake('other', tenLosses), family: 'torch' });
    const once = turns(/steps once/);
    expect(once.filter((name) => name === 'cantrip')).toHaveLength(20);
    expect(once.filter((name) => name === 'other')).toHaveLength(10);
  });

  it('lets each contender train for a while before the first round', async () => {
    await run(fake('cantrip', tenLosses), fake('other', tenLosses));
    const rounds = turns(/trains/);
    await runAfter(0.05, fake('cantrip', tenLosses), fake('other', tenLosses));
    const all = turns(/trains/);
    const before = all.slice(0, all.length - rounds.length);
    expect(all.slice(before.length)).toEqual(rounds);
    const handedOver = before.indexOf('other');
    expect(handedOver).toBeGreaterThan(1);
    expect(new Set(before.slice(0, handedOver))).toEqual(new Set(['cantrip']));
    expect(new Set(before.slice(handedOver))).toEqual(new Set(['other']));
  });

  it('fails before anything is timed where the losses of one differ from ours, and shows all losses', async () => {
    const others = tenLosses.with(9, tenLosses[9]! + 0.01);
    await expect(run(fake('cantrip', tenLosses), fake('torch', others))).rejects.toThrow(
      /^The losses of torch are not those of cantrip[^]*\| 9 +\| 1\.600000 \| 1\.610000 \|/,
    );
    expect(turns(/trains|epoch/)).toEqual([]);
  });

  it('fails with what a contender said when it breaks down', async () => {
    const broken = { ...fake('torch', tenLosses), options: { name: 'torch' } };
    await expect(run(fake('cantrip', tenLosses), broken)).rejects.toThrow(
      /^torch ended with 1\.\n[^]*TypeError/,
    );
  });
});
