import { expect, it } from 'vitest';
import * as browser from '../src/browser.ts';
import * as node from '../src/index.ts';

it('has the same names in a browser as in Node, and each refuses there in one sentence', () => {
  expect(Object.keys(browser).sort()).toEqual(Object.keys(node).sort());
  expect(browser.cudnnTuning).toThrow(
    '[cudnnTuning] it tunes TensorFlow, which runs in Node alone, and this is a browser. Leave cudnn-tuner out in a browser. (DEVICE_ABSENT)',
  );
});
