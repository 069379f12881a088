import { type Check, checkArgument } from '@cantrip/errors';

const nameCheck: Check<string> = (value) =>
  typeof value === 'string' && value !== '' ? undefined : 'must be a text that is not empty';
const valueCheck: Check<number> = (value) => (typeof value === 'number' ? undefined : 'must be a number');
const textCheck: Check<string> = (value) => (typeof value === 'string' ? undefined : 'must be a text');

/** @throws CantripError OPTION_INVALID */
export function checkMetric(name: unknown, value: unknown): void {
  checkArgument('metric', 'name', nameCheck, name);
  checkArgument('metric', 'value', valueCheck, value);
}

/** @throws CantripError OPTION_INVALID */
export function checkTag(name: unknown, value: unknown): void {
  checkArgument('tag', 'name', nameCheck, name);
  checkArgument('tag', 'value', textCheck, value);
}
