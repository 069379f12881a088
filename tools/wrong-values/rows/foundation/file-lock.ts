import { fileURLToPath } from 'node:url';
import type { Lock } from '@cantrip/file-lock';
import { inEmptyFolder } from '../../in-empty-folder.ts';
import type { Rows } from '../../row.ts';
import { arrayOf, name, text } from '../../rules.ts';

const path = name;

type Writing = (...given: readonly unknown[]) => Promise<unknown>;

/** Every export of the package. */
export const fileLockRows: Rows = {
  ownerIsGone: { right: () => ['1-2-a-b-c'], legal: [text] },
  ownerLiveness: { right: () => ['1-2-a-b-c'], legal: [text] },
  ownerTag: 'takes nothing',
  readOrdinaryFile: { right: () => [fileURLToPath(import.meta.url)], legal: [path] },
  syncFolder: {
    right: () => ['.'],
    legal: [path],
    endsIn: 'no such file',
    call: (syncFolder, args) => inEmptyFolder(() => (syncFolder as Writing)(...args)),
  },
  tryLock: {
    right: () => ['own.lock'],
    legal: [path],
    call: (tryLock, args) =>
      inEmptyFolder(() => (tryLock as (...given: readonly unknown[]) => Lock)(...args).release()),
  },
  writeSynced: {
    right: () => ['figures.bin', [Uint8Array.of(1, 2)]],
    legal: [path, arrayOf((part) => part instanceof Uint8Array)],
    call: (writeSynced, args) => inEmptyFolder(() => (writeSynced as Writing)(...args)),
  },
};
