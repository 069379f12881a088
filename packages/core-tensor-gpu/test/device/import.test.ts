import { expect, it } from 'vitest';
import * as core from '../../src/index.ts';

it('importing the package loads no native code', () => {
  expect(core.openDevice).toBeTypeOf('function');
  const { sharedObjects } = process.report.getReport() as unknown as { sharedObjects: string[] };
  expect(sharedObjects.filter((path) => /koffi|tensorflow/.test(path))).toEqual([]);
});
