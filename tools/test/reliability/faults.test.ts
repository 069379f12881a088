import { beforeAll, expect, it } from 'vitest';
import { quickCases } from '../../reliability/quick-cases.ts';
import { bundleProgram } from '../../reliability/run-child.ts';
import { runCases } from '../../reliability/run-cases.ts';

beforeAll(bundleProgram, 60_000);

it('a run that is killed, or meets a failing disk, a signal, another clock or the end of memory, ends equal to the bit with the unbroken one', async () => {
  const cases = await quickCases();
  expect(cases.length).toBeGreaterThan(40);
  const results = await runCases(cases);
  expect(results).toHaveLength(cases.length);
  expect(results.filter(({ wrong }) => wrong !== undefined)).toEqual([]);
}, 580_000);
