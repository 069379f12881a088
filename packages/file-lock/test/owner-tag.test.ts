import { ownerIsGone, ownerLiveness, ownerTag } from '@cantrip/file-lock';
import { expect, it } from 'vitest';

const onLinux = process.platform === 'linux';

it('a name tells of a living process that it lives', () => {
  expect(ownerTag()).toMatch(/^[\w-]+$/);
  expect(ownerIsGone(ownerTag())).toBe(false);
  expect(ownerLiveness(ownerTag())).toBe('alive');
});

it('a name tells that its process has ended: by its number, its start or the start of the machine', () => {
  const [pid = '', started = '', host = '', boot = '', namespace = ''] = ownerTag().split('-');
  const tag = (...parts: readonly (string | number)[]): string => parts.join('-');
  expect(ownerIsGone(tag(2 ** 30, started, host, boot, namespace))).toBe(true);
  expect(ownerIsGone(tag(pid, 17, host, boot, namespace))).toBe(true);
  if (onLinux) expect(ownerIsGone(tag(pid, started, host, 'abc', namespace))).toBe(true);
});

it('of a process that cannot be seen, or of none, nothing is said', () => {
  const [pid = '', started = '', , , namespace = ''] = ownerTag().split('-');
  expect(ownerIsGone([pid, started, 'other', 'other', namespace].join('-'))).toBe(false);
  for (const tag of ['', 'aB3xYz', '1-2-3', 'old']) {
    expect(ownerIsGone(tag)).toBe(false);
    expect(ownerLiveness(tag)).toBe('unknown');
  }
});
