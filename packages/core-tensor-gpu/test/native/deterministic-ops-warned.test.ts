import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openDevice } from '../../src/index.ts';
import { requireDevice } from '../require-device.ts';
import { nativeBinding } from './native-binding.ts';

// TensorFlow loads once in a process: here with deterministic ops, of which others are warned.
process.env['TF_DETERMINISTIC_OPS'] = '1';
process.env['CANTRIP_DETERMINISTIC_OPS'] = 'warn';
const device = await requireDevice('tensorflow');

describe.skipIf(device === undefined)('a TensorFlow that warns of ops that are not deterministic', () => {
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  beforeAll(() => void warn.mockClear());
  afterAll(() => warn.mockRestore());

  it('runs them, and names each of them once', () => {
    const binding = nativeBinding();
    for (let call = 0; call < 2; call++) {
      const [timestamp] = binding.executeOp('Timestamp', [], [], 1);
      expect(timestamp).toMatchObject({ shape: [] });
      binding.deleteTensor(timestamp!.id);
    }
    expect(warn.mock.calls).toEqual([
      ['[tensorflow] Timestamp runs, but its results may differ between runs.', 'NondeterministicOp'],
    ]);
  });

  it('runs random ops without a seed', () => {
    const binding = nativeBinding();
    const type = binding.TF_ATTR_TYPE;
    const shape = binding.createTensor([1], binding.TF_INT32, Int32Array.of(3));
    const attributes = [
      { name: 'dtype', type, value: binding.TF_FLOAT },
      { name: 'T', type, value: binding.TF_INT32 },
    ] as const;
    const [drawn] = binding.executeOp('RandomUniform', attributes, [shape], 1);
    expect(binding.tensorDataSync(drawn!.id)).toHaveLength(3);
    expect(warn.mock.lastCall?.[0]).toBe(
      '[tensorflow] RandomUniform runs, but its results may differ between runs.',
    );
    [shape, drawn!.id].forEach((id) => binding.deleteTensor(id));
  });

  it('goes on to ask all others for their deterministic form', async () => {
    const { settings } = (await openDevice('tensorflow')).describe();
    expect(settings?.deterministicOps).toBe(true);
  });

  it('still refuses what fails for another reason', () => {
    expect(() => nativeBinding().executeOp('MatMul', [], [], 1)).toThrow('(NATIVE_OP)');
  });
});
