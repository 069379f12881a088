import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { ownerLiveness, ownerTag } from '@cantrip/file-lock';

/**
 * What a folder beside a checkpoint is: one that is being written, the one before while it is replaced, or one that is being
 * removed.
 */
type Kind = 'unfinished' | 'replaced' | 'removed';

/** A name beside a checkpoint, which says whose it is. Readers pass over it. */
export interface BesideName {
  /** The name of the checkpoint. */
  readonly base: string;
  readonly kind: Kind;
  /** Whether nobody uses it any more. `unknown` if its process cannot be seen from here. */
  readonly use: 'used' | 'left' | 'unknown';
}

/** The names that this process uses now. */
const used = new Set<string>();

/** A new name beside a checkpoint, and a function that says that it is not used any more. */
export function newBesideName(path: string, kind: Kind): { readonly path: string; done(): void } {
  const base = path.slice(dirname(path).length).replace(/^[\\/]/, '');
  const name = `.${base}.${ownerTag()}.${randomUUID().slice(0, 8)}.${kind}`;
  used.add(name);
  return { path: join(dirname(path), name), done: () => void used.delete(name) };
}

/** @returns undefined for a name that {@link newBesideName} did not make */
export function parseBesideName(name: string): BesideName | undefined {
  const match = /^\.(.+)\.([\w-]+)\.[0-9a-f]{8}\.(unfinished|replaced|removed)$/.exec(name);
  if (match === null) return undefined;
  const [base = '', owner = '', kind] = match.slice(1);
  return { base, kind: kind as Kind, use: useOf(name, owner) };
}

function useOf(name: string, owner: string): BesideName['use'] {
  if (owner === ownerTag()) return used.has(name) ? 'used' : 'left';
  const liveness = ownerLiveness(owner);
  if (liveness === 'unknown') return 'unknown';
  return liveness === 'alive' ? 'used' : 'left';
}
