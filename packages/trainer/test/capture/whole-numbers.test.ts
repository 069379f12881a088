import { presentDevices } from '@cantrip/testing';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const isAbsent = !(await presentDevices(['tensorflow'])).includes('tensorflow');
const program = fileURLToPath(new URL('whole-numbers-child.ts', import.meta.url));

/** A process of its own, because TensorFlow would end it. */
function trained(
  owner: string,
  use: string,
  capture: string,
): { readonly status: unknown; readonly said: string } {
  const args = ['--conditions=@cantrip/source', '--import', 'tsx', program, owner, use, capture];
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return { status, said: stdout };
}

const refusal =
  '[trainer] a variable that is trained must be float32, got the trainable variable counter of int32. ' +
  'Set trainable to false, e.g. tf.variable(value, false). (MODEL_INVALID)';

describe.skipIf(isAbsent).each(['captured', 'op by op'])('an int32 variable, %s', (capture) => {
  it('of a model is refused where it is trained', () => {
    expect(trained('model', 'trained', capture)).toEqual({ status: 0, said: refusal });
  });

  it('of a model that is not trained stays', () => {
    expect(trained('model', 'still', capture)).toEqual({ status: 0, said: 'int32 0' });
  });

  it('of a plugin counts the steps', () => {
    expect(trained('plugin', 'counts', capture)).toEqual({ status: 0, said: 'int32 6' });
  });
});
