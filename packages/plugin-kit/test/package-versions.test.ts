import { readFileSync } from 'node:fs';
import { packageVersions } from '@cantrip/plugin-kit';
import { afterEach, expect, it, vi } from 'vitest';

afterEach(() => void vi.unstubAllGlobals());

const errors = JSON.parse(readFileSync(new URL('../../errors/package.json', import.meta.url), 'utf8')) as {
  version: string;
};

it('names the versions of packages that the module which asks could import', () => {
  expect(
    packageVersions(['@cantrip/errors', '@cantrip/not-there', '@cantrip/errors'], import.meta.url),
  ).toEqual({
    '@cantrip/errors': errors.version,
  });
  expect(packageVersions(['@cantrip/errors'], 'file:///nowhere/module.js')).toEqual({});
});

it('finds nothing in a browser', () => {
  vi.stubGlobal('process', undefined);
  expect(packageVersions(['@cantrip/errors'], 'https://example.com/module.js')).toEqual({});
});

it.each([
  [['@cantrip/errors', 1], import.meta.url, 'names must be names of packages'],
  [['@cantrip/errors'], './here.js', 'from must be import.meta.url of the module that asks'],
])('refuses %j from %j', (names, from, message) => {
  expect(() => packageVersions(names as string[], from)).toThrow(message);
});
