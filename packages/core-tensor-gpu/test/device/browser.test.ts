import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import * as browser from '../../src/browser.ts';
import * as core from '../../src/index.ts';
import * as tuningInBrowser from '../../src/tuning/browser.ts';
import * as tuning from '../../src/tuning/index.ts';

it('has the same names in a browser as in Node, and no other', () => {
  expect(Object.keys(browser).sort()).toEqual(Object.keys(core).sort());
  expect(Object.keys(tuningInBrowser).sort()).toEqual(Object.keys(tuning).sort());
});

it('says in a browser that the device needs Node, and what takes its place', () => {
  expect(browser.openDevice).toThrow(
    "[openDevice] the devices of @cantrip/core-tensor-gpu need Node, and this is a browser. Train on a backend of TensorFlow.js: createTrainer({ device: await backendDevice() }), from '@cantrip/ops'. (DEVICE_ABSENT)",
  );
});

it('is what bundlers for browsers take', () => {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  expect(JSON.parse(manifest)).toMatchObject({
    exports: { '.': { browser: './dist/browser.js' }, './tuning': { browser: './dist/tuning/browser.js' } },
  });
});
