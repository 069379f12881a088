import { createHash } from 'node:crypto';
import { CantripError, describe } from '@cantrip/errors';
import { type Liveness, livenessOf, type ProcessIdentity, thisProcess } from './process-identity.ts';

/** This process as a part of a file's name, so that what it leaves when it is killed can be told from what is in use. */
export function ownerTag(): string {
  const { pid, started, host, boot, namespace } = thisProcess();
  return [pid, started, short(host), short(boot), short(namespace)].join('-');
}

/**
 * Whether the process that a name tells of has ended for certain; false where it lives, can't be seen from here, or where
 * the name tells of none.
 *
 * @throws CantripError OPTION_INVALID
 */
export function ownerIsGone(tag: string): boolean {
  if (typeof tag !== 'string') throw notTag('ownerIsGone', tag);
  return ownerLiveness(tag) === 'gone';
}

/**
 * Whether the process that a name tells of lives; `unknown` where it can't be seen from here, or where the name tells of none.
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
    what: `tag must be a text, got ${describe(received)}`,
    fix: 'Give what ownerTag() gave, or a part of a file name',
  });
}
