import { expect, it } from 'vitest';
import * as browser from '../src/browser.ts';
import * as node from '../src/index.ts';

it('has the same names in a browser as in Node, and each refuses there in one sentence', () => {
  expect(Object.keys(browser).sort()).toEqual(Object.keys(node).sort());
  expect(browser.cudnnTuning).toThrow(
    '[cudnnTuning] tunes TensorFlow, which needs Node, but this is a browser. Remove cudnn-tuner from the plugins in a browser. (DEVICE_ABSENT)',
  );
});
