import { fileURLToPath } from 'node:url';
import type { Lock } from '@cantrip/file-lock';
import { inEmptyFolder } from '../../in-empty-folder.ts';
import type { Rows } from '../../row.ts';
import { name, text } from '../../rules.ts';

const path = name;

/** Every export of the package. */
export const fileLockRows: Rows = {
  ownerIsGone: { right: () => ['1-2-a-b-c'], legal: [text] },
  ownerLiveness: { right: () => ['1-2-a-b-c'], legal: [text] },
  ownerTag: 'takes nothing',
  readOrdinaryFile: { right: () => [fileURLToPath(import.meta.url)], legal: [path] },
  tryLock: {
    right: () => ['own.lock'],
    legal: [path],
    call: (tryLock, args) =>
      inEmptyFolder(() => (tryLock as (...given: readonly unknown[]) => Lock)(...args).release()),
  },
};
