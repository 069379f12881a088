import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { SavedRun } from '@cantrip/checkpoint';
import { CantripError } from '@cantrip/errors';
import type { SafeTensor } from '@cantrip/safetensors';
import type { SavedTensor } from '@cantrip/trainer';
import { Command } from 'commander';
import type { CantripParts } from '../cantrip-parts.ts';
import { fromProject } from '../config/from-project.ts';
import { loadTraining } from '../config/load-training.ts';
import { codes } from '../error-codes.ts';
import { stdoutForResults } from '../stdout-for-results.ts';
import { openModel } from './open-model.ts';
import { addSetOption } from './shared-options.ts';
import { writeResult } from './write-result.ts';

const who = 'cantrip export';

interface Options {
  readonly set: readonly string[];
  readonly config?: string;
  readonly force?: true;
  readonly json?: true;
}

/** What was written, as `--json` prints it. */
interface Exported {
  readonly checkpoint: string;
  readonly step: number;
  readonly output: string;
  readonly format: 'safetensors' | 'tensorflow.js';
  readonly tensors: number;
}

/** `cantrip export CHECKPOINT OUTPUT`: writes the weights of a checkpoint as a model. */
export function exportCommand({ out }: CantripParts): Command {
  const command = new Command('export')
    .summary('write a checkpoint as a TensorFlow.js model or as safetensors')
    .description(
      'Writes the weights of a checkpoint. An output that ends in .safetensors is one file with the names of the checkpoint. ' +
        'Any other output is a folder with a model of TensorFlow.js, which needs --config to build the model.',
    )
    .argument('<checkpoint>', 'a checkpoint, or a folder of checkpoints, of which the newest is taken')
    .argument('<output>', 'a file that ends in .safetensors, or a folder');
  return addSetOption(command)
    .option('--config <config>', 'the config that the checkpoint was trained with')
    .option('--force', 'replace what is there')
    .option('--json', 'print what was written as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n' +
        '  $ cantrip export runs weights.safetensors\n' +
        '  $ cantrip export runs/step-0000001200 model --config train.ts --set optimizer.learningRate=0.01',
    )
    .action(async (checkpoint: string, output: string, options: Options) => {
      const exported = await stdoutForResults(() => write(checkpoint, output, options));
      const { format, step, tensors } = exported;
      out(
        options.json
          ? `${JSON.stringify(exported, undefined, 2)}\n`
          : `Wrote ${output} (${format}, ${tensors} tensors, step ${step})\n`,
      );
    });
}

async function write(checkpoint: string, output: string, options: Options): Promise<Exported> {
  const isFile = output.endsWith('.safetensors');
  if (!isFile && options.config === undefined) throw needsConfig(output);
  if (existsSync(output) && !options.force) throw isThere(output);
  const project =
    options.config === undefined ? join(process.cwd(), 'package.json') : resolve(options.config);
  const { path, saved } = await read(project, checkpoint);
  const { variables, position } = saved.snapshot;
  const done = { checkpoint: path, step: position.step, output: resolve(output) };
  if (isFile) {
    const { writeSafetensors } = await fromProject(who, '@cantrip/safetensors', project);
    const tensors = Object.entries(variables).map(([name, tensor]) => [name, asSafeTensor(tensor)] as const);
    writeResult(who, output, writeSafetensors(new Map(tensors)));
    return { ...done, format: 'safetensors', tensors: tensors.length };
  }
  const { exportModel } = await fromProject(who, '@cantrip/weights/files', project);
  const { model, close } = await openModel(who, await loadTraining(who, options.config!, options.set), saved);
  try {
    await exportModel(model, output);
    return { ...done, format: 'tensorflow.js', tensors: model.weights.length };
  } finally {
    close();
  }
}

async function read(
  project: string,
  path: string,
): Promise<{ readonly path: string; readonly saved: SavedRun }> {
  const { newestCheckpoint, readCheckpoint } = await fromProject(who, '@cantrip/checkpoint', project);
  const { found, passedOver } = await newestCheckpoint(path);
  for (const other of passedOver) process.stderr.write(`${other.path} is passed over: ${other.why}\n`);
  return found ?? { path: resolve(path), saved: await readCheckpoint(path) };
}

const dtypes = { float32: 'F32', int32: 'I32', bool: 'BOOL' } as const;

function asSafeTensor({ dtype, shape, values }: SavedTensor): SafeTensor {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return { dtype: dtypes[dtype], shape: [...shape], bytes };
}

function needsConfig(output: string): CantripError {
  return new CantripError(codes.CLI_PARAMETER, {
    who,
    what: `the output ${output} is a model of TensorFlow.js, which needs --config`,
    fix: 'Write --config train.ts, or an output that ends in .safetensors',
  });
}

function isThere(output: string): CantripError {
  return new CantripError(codes.CLI_PATH, {
    who,
    what: `${output} exists already`,
    fix: 'Write --force to replace it, or choose another output',
  });
}
