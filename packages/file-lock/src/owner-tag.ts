import { createHash } from 'node:crypto';
import { CantripError, describe } from '@cantrip/errors';
import { type Liveness, livenessOf, type ProcessIdentity, thisProcess } from './process-identity.ts';

/**
 * Describes this process as a part of a file name. Later it shows whether a file is in use or was left by a dead
 * process.
 */
export function ownerTag(): string {
  const { pid, started, host, boot, namespace } = thisProcess();
  return [pid, started, short(host), short(boot), short(namespace)].join('-');
}

/**
 * Whether the process in a file name has certainly ended. False if it lives, if it cannot be seen from here, or if
 * the name holds no process.
 *
 * @throws CantripError OPTION_INVALID
 */
export function ownerIsGone(tag: string): boolean {
  if (typeof tag !== 'string') throw notTag('ownerIsGone', tag);
  return ownerLiveness(tag) === 'gone';
}

/**
 * Whether the process in a file name lives. `unknown` if it cannot be seen from here, or if the name holds no
 * process.
 *
 * @throws CantripError OPTION_INVALID
 */
export function ownerLiveness(tag: string): Liveness {
  if (typeof tag !== 'string') throw notTag('ownerLiveness', tag);
  const match = /^(\d+)-(\d+)-(\w+)-(\w+)-(\w+)$/.exec(tag);
  if (match === null) return 'unknown';
  const [pid = '', started = '', host = '', boot = '', namespace = ''] = match.slice(1);
  const owner = { pid: Number(pid), started: Number(started), host, boot, namespace };
  return livenessOf(owner, shortened(thisProcess()));
}

function shortened({ pid, started, host, boot, namespace }: ProcessIdentity): ProcessIdentity {
  return { pid, started, host: short(host), boot: short(boot), namespace: short(namespace) };
}

function short(text: string): string {
  return text === '' ? '0' : createHash('sha256').update(text).digest('hex').slice(0, 8);
}

function notTag(who: string, received: unknown): CantripError {
  return new CantripError('OPTION_INVALID', {
    who,
    what: `tag must be a string, got ${describe(received)}`,
    fix: 'Pass the result of ownerTag(), or a part of a file name',
  });
}
