import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { presentDevices } from '@cantrip/testing';
import { describe, expect, it } from 'vitest';

const program = fileURLToPath(new URL('./fixtures/device-alone.ts', import.meta.url));

describe.each(await presentDevices(['tensorflow', 'wasm', 'cpu']))('a program on %s', (device) => {
  it('that imports the device and tfjs-core alone has every gradient', () => {
    const given = ['--conditions=@cantrip/source', '--import', 'tsx', program, device];
    const output = execFileSync(process.execPath, given, { encoding: 'utf8' });
    expect(JSON.parse(output)).toEqual({
      square: [6, 2, 4, 8, 12, 10],
      einsum: [2, 2, 2, 2, 2, 2],
      topk: [1, 0, 1, 0, 1, 1],
      stridedSlice: [1, 0, 1, 1, 0, 1],
      mask: [1, 0, 0, 1, 1, 1],
      prod: [2, 6, 3, 30, 20, 24],
    });
  });
});
