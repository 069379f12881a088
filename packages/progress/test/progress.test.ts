import { accumulateGradients, sgd } from '@cantrip/optimizers';
import { progress } from '@cantrip/progress';
import { tinyData, tinyTrainer } from '@cantrip/testing';
import type { AnyPlugin } from '@cantrip/trainer';
import { describe, expect, it } from 'vitest';
import { openScreen, type Screen } from './screen.ts';

const slow: AnyPlugin = {
  name: 'slow',
  onStepEnd: async () => new Promise((resolve) => setTimeout(resolve, 120)),
};
/** The rows of a line in a window of this width. */
const wrapped = (line: string, columns: number): string[] =>
  Array.from({ length: Math.ceil(line.length / columns) }, (_, row) =>
    line.slice(row * columns, (row + 1) * columns).trimEnd(),
  );

const trained = (terminal: Screen, plugins: readonly AnyPlugin[] = [], more: object = {}) => {
  const said: string[] = [];
  const log = (line: string): void => {
    said.push(line);
    terminal.write(`${line}\n`);
  };
  const own = progress({ stream: terminal, bar: true });
  const trainer = tinyTrainer([own, slow, ...plugins], { reporter: true, log, ...more });
  return { trainer, said };
};

describe('the bar', () => {
  it('shows steps, loss, learning rate and speed, and leaves a line for each epoch', async () => {
    const terminal = openScreen();
    const { trainer, said } = trained(terminal);
    await trainer.fit(tinyData(), { epochs: 2, validation: tinyData() });
    const rows = await terminal.rows();
    expect(terminal.sent).toMatch(
      /epoch 2\/2 {2}█+░* {2}\d+% \d\/3 {2}loss [\d.]+ {2}\d+ ms left {2}accuracy [\d.]+ {2}learning rate 0\.05/,
    );
    // Three steps wait for 120 ms each; a busy machine may take much longer.
    const speeds = [...terminal.sent.matchAll(/([\d.]+) examples\/s; /g)].map(([, speed]) => Number(speed));
    expect(speeds).toHaveLength(2);
    for (const speed of speeds) expect(speed > 0 && speed < 200, String(speed)).toBe(true);
    expect(terminal.sent).toMatch(/epoch 1\/2 {2}█+░+ {2}validating 1\/3 {2}loss/);
    expect(rows).toEqual(said.flatMap((line) => wrapped(line, 100)));
    expect(said.slice(1)).toEqual([
      expect.stringMatching(
        /^\[progress\] epoch 1\/2: loss [\d.]+, accuracy .*validation_loss .* examples\/s; .* m?s$/,
      ),
      expect.stringMatching(/^\[progress\] epoch 2\/2: /),
    ]);
    trainer.dispose();
  });

  it('goes on after a validation within the epoch, which has a line of its own', async () => {
    const terminal = openScreen();
    const { trainer, said } = trained(terminal);
    await trainer.fit(tinyData(), { epochs: 1, validation: tinyData(), validateEvery: 1 });
    expect(said.slice(1)).toEqual([
      expect.stringMatching(/^\[progress\] step 1: validation_loss [\d.]+, validation_accuracy [\d.]+$/),
      expect.stringMatching(/^\[progress\] step 2: validation_loss /),
      expect.stringMatching(/^\[progress\] epoch 1\/1: loss .*validation_loss /),
    ]);
    expect(await terminal.rows()).toEqual(said.flatMap((line) => wrapped(line, 100)));
    // After the first validation the bar counts steps again.
    expect(terminal.sent).toMatch(/step 1: validation_loss[^]*█+░+ {2}33% 1\/3/);
    trainer.dispose();
  });

  it('is not torn by what others write meanwhile, also in parts of a line', async () => {
    const terminal = openScreen();
    const talking: AnyPlugin = {
      name: 'talking',
      onStepEnd({ step }) {
        terminal.write(`step ${step}`);
        terminal.write(' is done\n');
      },
    };
    const { trainer, said } = trained(terminal, [talking]);
    await trainer.fit(tinyData(), { epochs: 1 });
    expect(await terminal.rows()).toEqual([
      ...wrapped(said[0]!, 100),
      'step 1 is done',
      'step 2 is done',
      'step 3 is done',
      ...wrapped(said[1]!, 100),
    ]);
    trainer.dispose();
  });

  it('is removed if the run fails, and what it put around the streams too', async () => {
    const terminal = openScreen();
    const before = [terminal.write, process.stdout.write, process.stderr.write];
    const failing: AnyPlugin = {
      name: 'failing',
      onStepEnd: ({ step }) => {
        if (step === 2) throw new Error('no');
      },
    };
    const { trainer } = trained(terminal, [failing]);
    await expect(trainer.fit(tinyData(), { epochs: 1 })).rejects.toThrow('no');
    expect((await terminal.rows()).join()).not.toContain('█');
    expect([terminal.write, process.stdout.write, process.stderr.write]).toEqual(before);
    expect(process.listeners('exit').filter(({ name }) => name === 'end')).toEqual([]);
    trainer.dispose();
  });

  it('begins at the step of a resumed epoch', async () => {
    const stopping: AnyPlugin = {
      name: 'stopping',
      onStepEnd: ({ run, step }) => void (step === 2 && run.stop('x')),
    };
    const first = trained(openScreen(), [stopping]);
    await first.trainer.fit(tinyData(), { epochs: 1 });
    const snapshot = await first.trainer.save();
    first.trainer.dispose();
    const terminal = openScreen();
    const { trainer } = trained(terminal, [{ name: 'stopping' }]);
    await trainer.restore(snapshot);
    await trainer.fit(tinyData(), { epochs: 1 });
    await terminal.rows();
    expect(terminal.sent).toMatch(/66% 2\/3/);
    expect(terminal.sent).not.toMatch(/ 0\/3| 1\/3/);
    trainer.dispose();
  });

  it('counts steps with accumulated gradients', async () => {
    const terminal = openScreen();
    const optimizer = accumulateGradients(sgd({ learningRate: 0.05 }), { steps: 2 });
    const { trainer } = trained(terminal, [], { optimizer });
    await trainer.fit(tinyData(), { epochs: 1 });
    await terminal.rows();
    expect(terminal.sent).toMatch(/50% 1\/2|100% 2\/2/);
    trainer.dispose();
  });

  it('shows the name of each of several sets while it validates, and then the steps again', async () => {
    const terminal = openScreen();
    const { trainer } = trained(terminal);
    const few = tinyData({ examples: 8 });
    await trainer.fit(tinyData(), { epochs: 2, validation: { clean: tinyData(), few } });
    await terminal.rows();
    expect(terminal.sent).toMatch(/epoch 1\/2 {2}█+░+ {2}validating clean 1\/3 /);
    expect(terminal.sent).toMatch(/epoch 2\/2 {2}█+░+ {2}66% 2\/3 /);
    trainer.dispose();
  });

  it('counts the batches of a long validation, whose time is not that of steps', async () => {
    const terminal = openScreen(120);
    const slowly: AnyPlugin = {
      name: 'slowly',
      onEvaluateBatch: async () => new Promise((resolve) => setTimeout(resolve, 150)),
    };
    const { trainer, said } = trained(terminal, [slowly]);
    await trainer.fit(tinyData(), { epochs: 1, validation: tinyData() });
    await terminal.rows();
    expect(terminal.sent).toMatch(/validating 1\/3 [^]*validating 2\/3 [^]*validating 3\/3 /);
    // The validation takes at least 450 ms of the epoch.
    const [, speed, seconds] = /([\d.]+) examples\/s; (.*)$/.exec(said[1]!)!;
    const all = seconds!.endsWith(' ms') ? parseFloat(seconds!) / 1000 : parseFloat(seconds!);
    expect(Number(speed)).toBeGreaterThan(24 / (all - 0.4));
    trainer.dispose();
  });

  it('is one row while the window gets other widths', async () => {
    const terminal = openScreen(100);
    const widths = [100, 44, 30, 90];
    const rows: string[][] = [];
    const resizing: AnyPlugin = {
      name: 'resizing',
      async onStepEnd({ step }) {
        const bars = (await terminal.rows()).filter((row) => !said.join('').includes(row));
        rows.push(bars);
        // Terminals that wrap such a line anew keep the cursor in its first row. From there everything is erased.
        expect(await terminal.cursor()).toBe(0);
        terminal.resize(widths[step]!);
      },
    };
    const { trainer, said } = trained(terminal, [resizing]);
    await trainer.fit(tinyData(), { epochs: 1 });
    expect(rows.map(({ length }) => length)).toEqual([1, 1, 1]);
    expect((await terminal.rows()).join('')).toBe(said.join(''));
    trainer.dispose();
  });

  it('is one row with a label of wide characters', async () => {
    const terminal = openScreen(60);
    const own = progress({ stream: terminal, bar: true, label: `🖼️${'学'.repeat(20)}` });
    const rows: number[] = [];
    const counting: AnyPlugin = {
      name: 'counting',
      onStepEnd: async () => void rows.push((await terminal.rows()).length),
    };
    const trainer = tinyTrainer([own, slow, counting], { log: () => undefined });
    await trainer.fit(tinyData(), { epochs: 1 });
    expect(rows).toEqual([1, 1, 1]);
    trainer.dispose();
  });

  it('ends with an epoch whose data end early', async () => {
    const terminal = openScreen();
    const { trainer, said } = trained(terminal);
    const { batches } = tinyData({ examples: 16 });
    await trainer.fit({ batchesPerEpoch: 5, batches }, { epochs: 2, shortEpoch: 'warn' });
    const rows = (await terminal.rows()).join('');
    expect(terminal.sent).toContain('40% 2/5');
    expect(rows).toBe(said.join(''));
    trainer.dispose();
  });

  it('counts up to the last step of a run that ends within an epoch, and then is gone', async () => {
    const terminal = openScreen();
    const { trainer, said } = trained(terminal);
    const length = { epochs: 2, steps: 5 };
    await trainer.fit(tinyData(), length);
    const rows = (await terminal.rows()).join('');
    expect(terminal.sent).toMatch(/epoch 1\/2 {2}█+░* {2}(33|66|100)% \d\/3\s/);
    expect(terminal.sent).toMatch(/epoch 2\/2 {2}█+░* {2}(50|100)% \d\/2\s/);
    expect(rows).toBe(said.join(''));
    await trainer.fit(tinyData(), { epochs: 2 });
    await terminal.rows();
    expect(terminal.sent).toMatch(/epoch 2\/2 {2}█+░* {2}(66|100)% \d\/3\s/);
    trainer.dispose();
  });

  it.each([10, 30, 60, 200])('fits %i columns', async (columns) => {
    const terminal = openScreen(columns);
    const { trainer, said } = trained(terminal);
    await trainer.fit(tinyData(), { epochs: 1 });
    await terminal.rows();
    const drawn = terminal.sent.split(/\r\u001b\[J|[\r\n]/).filter((line) => !said.includes(line));
    expect(Math.max(...drawn.map((line) => line.length))).toBeLessThan(columns);
    trainer.dispose();
  });
});

it('logs lines where there is no terminal', async () => {
  const said: string[] = [];
  const own = progress({ bar: false, secondsBetweenLines: 0.1, label: 'tuning' });
  const trainer = tinyTrainer([own, slow], { log: (line) => void said.push(line) });
  await trainer.fit(tinyData(), { epochs: 1 });
  expect(said[0]).toMatch(/^\[progress\] tuning, epoch 1\/1 {2}\d+% \d\/3 .*learning rate 0\.05/);
  expect(said.at(-1)).toMatch(/^\[progress\] tuning, epoch 1\/1: loss /);
  expect(said.join()).not.toMatch(/NaN|undefined/);
  trainer.dispose();
});

it.each(['two\nlines', '\u001b[31mred', 'bell\u0007'])('refuses the label %j', (label) => {
  expect(() => progress({ label })).toThrow(
    'label must be a text without line breaks and control characters',
  );
});

it('changes no bit of the run', async () => {
  const losses = async (plugins: readonly AnyPlugin[]): Promise<unknown> => {
    const trainer = tinyTrainer(plugins);
    const { epochs } = await trainer.fit(tinyData(), { epochs: 2, validation: tinyData() });
    trainer.dispose();
    return epochs;
  };
  expect(await losses([progress({ stream: openScreen(), bar: true })])).toEqual(await losses([]));
});
