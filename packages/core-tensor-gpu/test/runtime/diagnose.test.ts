import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { presentDevices } from '@cantrip/testing';
import { describe, expect, it, vi } from 'vitest';
import { deviceNames, diagnose } from '../../src/index.ts';
import { probeDevice } from '../../src/diagnosis/probe-device.ts';
import { requireDevice } from '../require-device.ts';

const tensorflow = await requireDevice('tensorflow');

describe('diagnose', () => {
  it('tells of every device, best first, what it is or why it is not there', async () => {
    const { node, devices, threads, memory } = await diagnose();
    expect(node).toBe(process.versions.node);
    expect(devices.map(({ name }) => name)).toEqual([...deviceNames]);
    expect([threads, memory].every((figure) => figure > 0)).toBe(true);
    const present = devices.filter((device) => device.available);
    expect(present.map(({ name }) => name)).toEqual(await presentDevices(deviceNames));
    expect(present.map(({ description }) => description.name)).toEqual(present.map(({ name }) => name));
    const reasons = devices.flatMap((device) => (device.available ? [] : [device.reason]));
    expect(reasons).not.toContain('');
    expect(devices.at(-1)).toMatchObject({ name: 'cpu', available: true });
  });

  it('does not fail where the library is no library', async () => {
    vi.stubEnv('CANTRIP_TENSORFLOW', process.execPath.replace(/node$/, 'nothing'));
    const { devices, libraries } = await diagnose();
    vi.unstubAllEnvs();
    const found = devices.find(({ name }) => name === 'tensorflow');
    expect(found?.available === false && found.reason).toContain('LIBRARY_NOT_FOUND');
    expect(libraries[0]).toMatchObject({ source: 'CANTRIP_TENSORFLOW', found: false });
  });
});

const probeFile = fileURLToPath(new URL('../../src/diagnosis/probe.ts', import.meta.url));

describe('a probe', () => {
  it.each(['wasm', 'cpu'] as const)('opens %s in a process of its own', async (name) => {
    expect(await probeDevice(name)).toMatchObject({ description: { name } });
  });

  it.skipIf(tensorflow === undefined)('trains a step on TensorFlow', async () => {
    const finding = await probeDevice('tensorflow', { train: true });
    expect(finding).toMatchObject({ description: { name: 'tensorflow' } });
    const { before, after } = 'step' in finding ? finding.step! : { before: 0, after: 0 };
    expect(before).toBeGreaterThan(after);
    expect(after).toBeGreaterThan(0);
  });

  it('tells how the process ended where it crashed', async () => {
    vi.stubEnv('NODE_OPTIONS', '--require=/nowhere.cjs');
    const finding = await probeDevice('cpu');
    vi.unstubAllEnvs();
    expect('reason' in finding && finding.reason).toMatch(
      /^the process that opened it ended with exit code 1/,
    );
  });

  it.each([
    [['nonsense'], /there is no device "nonsense"/],
    [['__proto__'], /there is no device "__proto__"/],
    [[''], /there is no device ""/],
    [[], /takes the name of a device and --train, got nothing/],
    [['cpu', '--trian'], /got cpu --trian/],
    [['cpu', '--train', 'now'], /got cpu --train now/],
  ])('says in a sentence what is wrong with the arguments %j', async (args, sentence) => {
    const program = ['--conditions=@cantrip/source', '--import=tsx', probeFile, ...args];
    const { stdout } = await promisify(execFile)(process.execPath, program);
    expect((JSON.parse(stdout) as { reason: string }).reason).toMatch(sentence);
  });
});
