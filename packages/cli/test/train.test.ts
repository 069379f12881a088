import { describe, expect, it } from 'vitest';
import type { Trained } from '../src/commands/format-trained.ts';
import { data, imports, parametrized, project, trainerOf } from './project.ts';

const loud = (event: string): string => `{ name: 'loud', ${event}() { console.error('begun'); } }`;

/** A config that trains until it is stopped. */
const endless = (plugins: string, head = ''): string => `${imports}${head}
export default defineConfig({ trainer: ${trainerOf('sgd({ learningRate: 0.01 })', plugins)}, data: ${data}, fit: { epochs: 1e6 } });
`;

const parse = (out: string): Trained => JSON.parse(out) as Trained;

describe('cantrip train', () => {
  it('trains what a config says, and prints the figures of the last epoch', async () => {
    const { code, out, err } = await project({ 'train.ts': parametrized }).cantrip('train', 'train.ts');
    expect(out).toMatch(
      /^Trained: 2 epochs, 4 steps\n {2}loss {12,}[\d.e-]+\n {2}validation_loss {2}[\d.e-]+\n$/,
    );
    expect({ code, stack: /^\s+at /m.test(err) }).toEqual({ code: 0, stack: false });
  });

  it('prints the result as JSON, and nothing else on standard output', async () => {
    const talking = `${parametrized}\nconsole.log('hello');\nprocess.stdout.write('hello');\n`;
    const { folder, cantrip } = project({ 'train.ts': talking });
    const { code, out, err } = await cantrip(
      'train',
      'train.ts',
      '--json',
      '--set',
      'optimizer.learningRate=1e-2',
    );
    const result = parse(out);
    expect(result).toEqual({
      config: `${folder}/train.ts`,
      params: { epochs: 2, name: 'first', optimizer: { learningRate: 0.01, nesterov: false } },
      seed: expect.any(Number) as number,
      epoch: 2,
      step: 4,
      earlier: [],
      epochs: [expect.any(Object), expect.any(Object)],
    });
    expect(Object.keys(result.epochs[0]!)).toEqual(['loss', 'validation_loss']);
    expect(code).toBe(0);
    expect(err).toContain('hello');
  });

  it('gives the parameters of --set to the optimizer, so the training differs', async () => {
    const seeded = parametrized.replace('plugins: []', "plugins: [{ name: 'seeded', seed: 1 }]");
    const { cantrip } = project({ 'train.ts': seeded });
    const [usual, same, other] = await Promise.all([
      cantrip('train', 'train.ts', '--json'),
      cantrip('train', 'train.ts', '--json', '--set', 'optimizer.learningRate=0.1'),
      cantrip('train', 'train.ts', '--json', '--set', 'optimizer.learningRate=0.001'),
    ]);
    const losses = [usual, same, other].map(({ out }) => parse(out).epochs.map(({ loss }) => loss));
    expect(losses[1]).toEqual(losses[0]);
    expect(losses[2]).not.toEqual(losses[0]);
  });

  it('ends after --steps, and shows the validations within an epoch', async () => {
    const options = trainerOf('sgd({ learningRate: 0.01 })');
    const config = `${imports}\nexport default { trainer: ${options}, data: ${data}, fit: { epochs: 50, validation: ${data}, validateEvery: 1 } };`;
    const { cantrip } = project({ 'train.ts': config });
    const { step, epoch, epochs, validations, unfinished } = parse(
      (await cantrip('train', 'train.ts', '--steps', '3', '--json')).out,
    );
    expect([step, epoch, epochs.length]).toEqual([3, 1, 1]);
    expect(validations!.map((one) => one.step)).toEqual([1, 3]);
    expect(Object.keys(unfinished!)).toEqual(['loss']);
    expect((await cantrip('train', 'train.ts', '--steps', '3')).out).toMatch(
      /^Trained: 1 epoch, 3 steps\n {2}loss {12,}[\d.e-]+\n {2}validation_loss {2}[\d.e-]+\n$/,
    );
  });

  it('takes the length from --epochs, and goes on with --resume', async () => {
    const head = "import { checkpoint } from '@cantrip/checkpoint';\n";
    const options = trainerOf('sgd({ learningRate: 0.1 })', "checkpoint({ folder: 'runs' })");
    const config = `${head}${imports}\nexport default () => ({ trainer: ${options}, data: ${data}, fit: { epochs: 50 } });`;
    const { cantrip } = project({ 'train.ts': config });
    const first = await cantrip('train', 'train.ts', '--epochs', '2', '--json');
    expect(parse(first.out)).toMatchObject({ epoch: 2, step: 4 });
    const second = await cantrip('train', 'train.ts', '--epochs', '3', '--resume', '--json');
    const { earlier, epochs } = parse(second.out);
    expect(earlier).toEqual(parse(first.out).epochs);
    expect(epochs).toHaveLength(1);
    const path = 'runs/step-0000000006';
    const third = await cantrip('train', 'train.ts', '--epochs', '4', '--resume', path, '--json');
    expect(parse(third.out).earlier).toEqual([...earlier, ...epochs]);
  });

  it('says in one sentence that --resume needs the plugin checkpoint', async () => {
    const { code, out, err } = await project({ 'train.ts': parametrized }).cantrip(
      'train',
      'train.ts',
      '--resume',
    );
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/^\[fit\] resume needs a plugin that keeps runs.*\(OPTION_INVALID\)\n$/);
  });

  it('ends although the config left a timer open', async () => {
    const { cantrip } = project({ 'train.ts': `${parametrized}\nsetInterval(() => undefined, 1e6);\n` });
    expect((await cantrip('train', 'train.ts')).code).toBe(0);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'on %s completes the step, prints the result and ends with exit code %i',
    async (signal, wanted) => {
      const { when } = project({ 'train.ts': endless(loud('onTrainBegin')) });
      const args = ['train', 'train.ts', '--json'];
      const { code, out } = await when('begun', (child) => setTimeout(() => child.kill(signal), 200), args);
      expect(code).toBe(wanted);
      expect(parse(out)).toMatchObject({ stopped: signal, epochs: expect.any(Array) as unknown[] });
    },
  );

  it('ends at once on a second Ctrl-C, while a step hangs', async () => {
    const hanging = `{ name: 'hang', async onStepEnd() { console.error('begun'); await new Promise((r) => setTimeout(r, 1e6)); } }`;
    const { when } = project({ 'train.ts': endless(hanging) });
    const twice = (child: { kill(signal: 'SIGINT'): unknown }): void => {
      setTimeout(() => child.kill('SIGINT'), 100);
      setTimeout(() => child.kill('SIGINT'), 600);
    };
    const { code, out } = await when('begun', twice, ['train', 'train.ts']);
    expect({ code, out }).toEqual({ code: null, out: '' });
  });

  it('explains itself with examples', async () => {
    const { code, out } = await project({}).cantrip('train', '--help');
    expect(code).toBe(0);
    expect(out).toContain('$ cantrip train train.ts --set optimizer.learningRate=0.01');
  });
});
