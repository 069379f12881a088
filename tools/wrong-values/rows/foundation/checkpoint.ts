import type { FolderOwner } from '@cantrip/checkpoint';
import { inEmptyFolder } from '../../in-empty-folder.ts';
import { data, options, type Legal, type Row, type Rows } from '../../row.ts';
import {
  arrayOf,
  either,
  flag,
  integer,
  isEmptyObject,
  name,
  nothing,
  oneOf,
  optional,
  plain,
  type Rule,
  text,
} from '../../rules.ts';

const path = name;
const every: Rule = either(
  integer({ min: 1 }),
  (value) => text(value) && /^[\d.]+(|ep|%|s|min|h)$/.test(value as string),
);
const snapshot = (): object => ({
  version: 1,
  seed: 1,
  position: { epoch: 0, step: 1, batch: 0, examples: 0, batches: 1 },
  variables: { w: { dtype: 'float32', shape: [2], values: Float32Array.of(1, 2) } },
  layerStates: {},
  slots: {},
  plugins: { counter: { state: { count: 1 }, variables: {} } },
});

/** What is not a tensor by its name, a state, or a step is not read here, but by the trainer that restores it. */
const saved: Legal = data({
  snapshot: nothing,
  'snapshot.version': oneOf(1),
  'snapshot.position': nothing,
  'snapshot.position.step': integer({ min: 0 }),
  'snapshot.variables': isEmptyObject,
  'snapshot.variables.w.dtype': oneOf('float32'),
  'snapshot.variables.w.values': (value) => value instanceof Float32Array && value.length === 2,
  'snapshot.layerStates': optional(isEmptyObject),
  'snapshot.slots': isEmptyObject,
  'snapshot.plugins': isEmptyObject,
  'snapshot.plugins.counter.state': plain,
  description: plain,
});

const alone: Pick<Row, 'who' | 'call'> = {
  who: ['checkpoint'],
  call: (exported, args) =>
    inEmptyFolder(() => (exported as (...given: readonly unknown[]) => unknown)(...args)),
};

/** Every export of the package. */
export const checkpointRows: Rows = {
  checkpoint: {
    right: () => [{ folder: 'runs/first', best: { metric: 'loss', mode: 'min' } }],
    legal: [
      options({
        folder: path,
        every: optional(every),
        keep: optional(integer({ min: 1 })),
        best: (value) => value === undefined,
        'best.metric': name,
        'best.mode': oneOf('min', 'max'),
        overwrite: optional(flag),
      }),
    ],
  },
  checkpointName: { right: () => [1200], legal: [integer({ min: 0 })] },
  newestCheckpoint: { right: () => ['.'], legal: [path], ...alone },
  ownFolder: {
    right: () => ['.'],
    legal: [path],
    who: ['checkpoint'],
    call: (ownFolder, args) =>
      inEmptyFolder(() => (ownFolder as (...given: readonly unknown[]) => FolderOwner)(...args).release()),
  },
  pruneCheckpoints: {
    right: () => ['.', { keep: 1, spare: ['step-0000000001'] }],
    legal: [path, options({ keep: integer({ min: 1 }), spare: arrayOf(text) })],
    ...alone,
  },
  readCheckpoint: {
    right: () => ['none'],
    legal: [path],
    endsIn: 'it does not exist',
    ...alone,
  },
  writeCheckpoint: {
    right: () => ['one', { snapshot: snapshot(), description: {} }],
    legal: [path, saved],
    ...alone,
  },
};
