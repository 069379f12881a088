import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { newestCheckpoint } from '@cantrip/checkpoint';
import { openDevice } from '@cantrip/core-tensor-gpu';
import { readSafetensors } from '@cantrip/safetensors';
import { loadModel } from '@cantrip/weights/files';
import { describe, expect, it } from 'vitest';
import { data, imports, project, trainerOf } from './project.ts';

const head = "import { checkpoint } from '@cantrip/checkpoint';\n";
const config = `${head}${imports}export default () => ({ trainer: ${trainerOf('sgd({ learningRate: 0.1 })', "checkpoint({ folder: 'runs' })")}, data: ${data}, fit: { epochs: 2 } });`;

describe('cantrip export', () => {
  it('writes the newest checkpoint as safetensors and as a model of TensorFlow.js, with the same weights', async () => {
    const { folder, cantrip } = project({ 'train.ts': config });
    await cantrip('train', 'train.ts');
    const file = await cantrip('export', 'runs', 'out/weights.safetensors', '--json');
    expect(JSON.parse(file.out)).toEqual({
      checkpoint: join(folder, 'runs/step-0000000004'),
      step: 4,
      output: join(folder, 'out/weights.safetensors'),
      format: 'safetensors',
      tensors: 2,
    });
    const { found } = await newestCheckpoint(join(folder, 'runs'));
    const { variables } = found!.saved.snapshot;
    const { tensors } = readSafetensors(readFileSync(join(folder, 'out/weights.safetensors')));
    expect([...tensors.keys()].sort()).toEqual(Object.keys(variables).sort());
    for (const [name, { bytes }] of tensors) {
      expect(new Float32Array(bytes.slice().buffer), name).toEqual(variables[name]!.values);
    }
    const model = await cantrip('export', 'runs/step-0000000004', 'out/model', '--config', 'train.ts');
    expect(model).toMatchObject({ code: 0, out: 'Wrote out/model (tensorflow.js, 2 tensors, step 4)\n' });
    await openDevice('cpu');
    const loaded = await loadModel(join(folder, 'out/model'));
    const values = loaded.getWeights().map((weight) => weight.dataSync());
    expect(values).toEqual(
      [tensors.get('dense_1/kernel')!, tensors.get('dense_1/bias')!].map(
        ({ bytes }) => new Float32Array(bytes.slice().buffer),
      ),
    );

    const again = await cantrip('export', 'runs', 'out/weights.safetensors');
    expect(again).toMatchObject({ code: 1, out: '' });
    expect(again.err).toBe(
      '[cantrip export] out/weights.safetensors exists already. Write --force to replace it, or choose another output. (CLI_PATH)\n',
    );
    expect((await cantrip('export', 'runs', 'out/weights.safetensors', '--force')).code).toBe(0);
  });

  it.each([
    [
      ['runs', 'model'],
      '[cantrip export] the output model is a model of TensorFlow.js, which needs --config.',
    ],
    [['runs', 'a.safetensors'], '(CHECKPOINT_READ)'],
    [['runs'], "missing required argument 'output'"],
  ])('%j is refused in one sentence', async (args, sentence) => {
    const { code, out, err } = await project({ 'train.ts': config }).cantrip('export', ...args);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain(sentence);
    expect(err).not.toMatch(/^\s+at /m);
  });
});
