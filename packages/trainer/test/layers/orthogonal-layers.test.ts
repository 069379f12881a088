import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { presentDevices } from '@cantrip/testing';
import { describe, expect, it } from 'vitest';

// A process of its own: a test that imports the union package has the methods that these layers call.
const program = fileURLToPath(new URL('fixtures/orthogonal-layers.ts', import.meta.url));
const devices = await presentDevices(['cpu', 'wasm', 'tensorflow']);

describe('with only what the README imports', () => {
  it.each(devices)('layers whose weights start orthogonal train on %s', (device) => {
    const flags = ['--conditions=@cantrip/source', '--import', 'tsx'];
    const output = execFileSync(process.execPath, [...flags, program, device], { encoding: 'utf8' });
    const losses = JSON.parse(output.trim().split('\n').at(-1)!) as Record<string, number[]>;
    expect(Object.keys(losses)).toHaveLength(7);
    for (const each of Object.values(losses)) expect(each.at(-1)).toBeLessThan(each[0]!);
  });
});
