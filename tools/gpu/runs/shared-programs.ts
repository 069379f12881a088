import { join } from 'node:path';
import { type Place, type Program, typescript } from './run.ts';

/** The MNIST job; in a rehearsal on a few of its digits. */
export function mnist(device: string, { scratch, small }: Place): Program {
  const result = join(scratch, 'results', 'mnist.json');
  const checkpoints = join(scratch, 'checkpoints');
  if (small)
    return typescript('tools/gpu/programs/few-digits-job.ts', [device, join(scratch, 'digits'), result]);
  const args = ['--device', device, '--checkpoints', checkpoints, '--json', result];
  return typescript('docs/examples/mnist/main.ts', args);
}

/** tfjs-core's own op tests; in a rehearsal those of a few ops. */
export function opTests(device: string, { small }: Place, more: readonly string[] = []): Program {
  const args = [`--device=${device}`, ...(small ? ['--only=add '] : []), ...more];
  // A card's products in TF32 are not as exact as the tests want them.
  return typescript('tools/op-tests/main.ts', args, { NVIDIA_TF32_OVERRIDE: '0' });
}

export interface TestOptions {
  /** Tests whose names this expression finds. */
  readonly names?: string;
  /** In a rehearsal, tests with this word alone. */
  readonly word?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Vitest on one file of tests, in the folder of its package. */
export function tests(
  folder: string,
  file: string,
  { root, scratch, small }: Place,
  { names, word, environment = {} }: TestOptions = {},
): Program {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const config = join(root, 'vitest.config.ts');
  const report = `--outputFile.json=${join(scratch, 'results', 'vitest.json')}`;
  const chosen = small && word !== undefined ? word : names;
  const few = chosen === undefined ? [] : ['-t', chosen];
  return {
    args: [vitest, 'run', '--config', config, '--root', '.', '--maxWorkers=1', report, file, ...few],
    cwd: join(root, folder),
    environment: { NVIDIA_TF32_OVERRIDE: '0', ...environment },
  };
}
