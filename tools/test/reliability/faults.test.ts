import { beforeAll, expect, it } from 'vitest';
import { quickCases } from '../../reliability/quick-cases.ts';
import { bundleProgram } from '../../reliability/run-child.ts';
import { runCases } from '../../reliability/run-cases.ts';

beforeAll(bundleProgram, 60_000);

it('a run that meets a failing disk, a signal, another clock or repeated kills ends equal to the bit with the unbroken one', async () => {
  // The kills at single boundaries and random moments, and out of memory, are in `npm run reliability:quick`.
  const cases = (await quickCases()).filter(({ group }) =>
    /again|once|read-only|short|signal|clock/.test(group),
  );
  expect(cases).toHaveLength(10);
  const results = await runCases(cases);
  expect(results).toHaveLength(cases.length);
  expect(results.filter(({ wrong }) => wrong !== undefined)).toEqual([]);
}, 290_000);
