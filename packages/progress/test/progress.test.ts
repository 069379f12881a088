import { Writable } from 'node:stream';
import { accumulateGradients, sgd } from '@cantrip/optimizers';
import { progress, type ProgressStream } from '@cantrip/progress';
import { tinyData, tinyTrainer } from '@cantrip/testing';
import type { AnyPlugin } from '@cantrip/trainer';
import { describe, expect, it } from 'vitest';

class Terminal extends Writable {
  readonly isTTY = true;
  columns = 100;
  text = '';
  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
  /** What stands there: a line that is drawn again replaces itself. */
  get screen(): string[] {
    return this.text.split('\n').map((line) => line.split('\r\u001b[2K').at(-1)!);
  }
}

const slow: AnyPlugin = {
  name: 'slow',
  onStepEnd: async () => new Promise((resolve) => setTimeout(resolve, 120)),
};
const trained = (terminal: Terminal, plugins: readonly AnyPlugin[] = [], more: object = {}) => {
  const said: string[] = [];
  const log = (line: string): void => {
    said.push(line);
    terminal.write(`${line}\n`);
  };
  const own = progress({ stream: terminal as ProgressStream, bar: true });
  const trainer = tinyTrainer([own, slow, ...plugins], { reporter: true, log, ...more });
  return { trainer, said };
};

describe('the bar', () => {
  it('shows steps, loss, learning rate and speed, and leaves a line for each epoch', async () => {
    const terminal = new Terminal();
    const { trainer, said } = trained(terminal);
    await trainer.fit(tinyData(), { epochs: 2, validation: tinyData() });
    expect(terminal.text).toMatch(
      /epoch 2\/2 {2}█+░* {2}\d+% \d\/3 {2}loss [\d.]+ {2}\d+ ms left {2}learning rate 0\.05/,
    );
    // Three steps wait for 120 ms each; a busy machine may take much longer.
    const speeds = [...terminal.text.matchAll(/([\d.]+) examples\/s; /g)].map(([, speed]) => Number(speed));
    expect(speeds).toHaveLength(2);
    for (const speed of speeds) expect(speed > 0 && speed < 200, String(speed)).toBe(true);
    expect(terminal.text).toMatch(/epoch 1\/2 {2}█+ {2}validating/);
    expect(terminal.screen).toEqual([...said, '']);
    expect(said.slice(1)).toEqual([
      expect.stringMatching(
        /^\[progress\] epoch 1\/2: loss [\d.]+, accuracy .*validation_loss .* examples\/s; .* m?s$/,
      ),
      expect.stringMatching(/^\[progress\] epoch 2\/2: /),
    ]);
    trainer.dispose();
  });

  it('is not torn by what others write meanwhile, also in parts of a line', async () => {
    const terminal = new Terminal();
    const talking: AnyPlugin = {
      name: 'talking',
      onStepEnd({ step }) {
        terminal.write(`step ${step}`);
        terminal.write(' is done\n');
      },
    };
    const { trainer, said } = trained(terminal, [talking]);
    await trainer.fit(tinyData(), { epochs: 1 });
    expect(terminal.screen).toEqual([
      said[0],
      'step 1 is done',
      'step 2 is done',
      'step 3 is done',
      said[1],
      '',
    ]);
    trainer.dispose();
  });

  it('is removed if the run fails, and what it put around the streams too', async () => {
    const terminal = new Terminal();
    const before = [terminal.write, process.stdout.write, process.stderr.write];
    const failing: AnyPlugin = {
      name: 'failing',
      onStepEnd: ({ step }) => {
        if (step === 2) throw new Error('no');
      },
    };
    const { trainer } = trained(terminal, [failing]);
    await expect(trainer.fit(tinyData(), { epochs: 1 })).rejects.toThrow('no');
    expect(terminal.screen.at(-1)).toBe('');
    expect([terminal.write, process.stdout.write, process.stderr.write]).toEqual(before);
    expect(process.listeners('exit').filter(({ name }) => name === 'end')).toEqual([]);
    trainer.dispose();
  });

  it('begins at the step of a resumed epoch', async () => {
    const stopping: AnyPlugin = {
      name: 'stopping',
      onStepEnd: ({ run, step }) => void (step === 2 && run.stop('x')),
    };
    const first = trained(new Terminal(), [stopping]);
    await first.trainer.fit(tinyData(), { epochs: 1 });
    const snapshot = await first.trainer.save();
    first.trainer.dispose();
    const terminal = new Terminal();
    const { trainer } = trained(terminal, [{ name: 'stopping' }]);
    await trainer.restore(snapshot);
    await trainer.fit(tinyData(), { epochs: 1 });
    expect(terminal.text).toMatch(/66% 2\/3/);
    expect(terminal.text).not.toMatch(/ 0\/3| 1\/3/);
    trainer.dispose();
  });

  it('counts steps with accumulated gradients', async () => {
    const terminal = new Terminal();
    const optimizer = accumulateGradients(sgd({ learningRate: 0.05 }), { steps: 2 });
    const { trainer } = trained(terminal, [], { optimizer });
    await trainer.fit(tinyData(), { epochs: 1 });
    expect(terminal.text).toMatch(/50% 1\/2|100% 2\/2/);
    trainer.dispose();
  });

  it.each([10, 30, 60, 200])('fits %i columns', async (columns) => {
    const terminal = new Terminal();
    terminal.columns = columns;
    const { trainer, said } = trained(terminal);
    await trainer.fit(tinyData(), { epochs: 1 });
    const drawn = terminal.text.split(/\r\u001b\[2K|\n/).filter((line) => !said.includes(line));
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

it('changes no bit of the run', async () => {
  const losses = async (plugins: readonly AnyPlugin[]): Promise<unknown> => {
    const trainer = tinyTrainer(plugins);
    const { epochs } = await trainer.fit(tinyData(), { epochs: 2, validation: tinyData() });
    trainer.dispose();
    return epochs;
  };
  expect(await losses([progress({ stream: new Terminal() as ProgressStream, bar: true })])).toEqual(
    await losses([]),
  );
});
