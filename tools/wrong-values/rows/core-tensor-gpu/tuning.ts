import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { options, type Row, type Rows } from '../../row.ts';
import { arrayOf, either, flag, name, named, number, optional, type Rule, text } from '../../rules.ts';

const folder = optional(name);
const positive = number({ above: 0 });
const key = {
  place: name,
  device: name,
  hardware: name,
  version: name,
  model: name,
  batch: name,
};
const library = { path: '/lib/libtensorflow_cc.so.2', size: 10, modified: 20 };
const choice = (): object => ({
  format: 1,
  name: 'train.ts',
  threads: 2,
  library,
  environment: {},
  ratio: 0.5,
  milliseconds: 10,
  measured: '2026-11-24T00:00:00.000Z',
  trials: 9,
  ...keyOf(),
});
const facts: Rule = either(
  (value) => value === null,
  flag,
  number(),
  text,
  (value) => arrayOf(either(facts, (one) => one === undefined))(value),
  (value) => named(either(facts, (one) => one === undefined))(value),
);

/** A function of a folder, which lies in one that goes afterwards. */
const inFolder = (right: readonly unknown[] | (() => readonly unknown[]), legal: Row['legal']): Row => ({
  right: typeof right === 'function' ? right : () => right,
  legal,
  call(of, args) {
    const own = mkdtempSync(join(tmpdir(), 'cantrip-wrong-values-'));
    const at = legal.length - 1;
    const { XDG_CACHE_HOME } = process.env;
    process.env['XDG_CACHE_HOME'] = own;
    try {
      const given = name(args[at]) ? args.with(at, join(own, 'a', 'b', args[at] as string)) : args;
      return (of as (...all: readonly unknown[]) => unknown)(...given);
    } finally {
      if (XDG_CACHE_HOME === undefined) delete process.env['XDG_CACHE_HOME'];
      else process.env['XDG_CACHE_HOME'] = XDG_CACHE_HOME;
      rmSync(own, { recursive: true });
    }
  },
});

/** The store of what was measured to be the fastest. */
export const tuningRows: Rows = {
  findChoice: inFolder(() => [keyOf(), 'store'], [options(key), folder]),
  forgetLast: inFolder(['program', 'place', 'store'], [name, name, folder]),
  hashOf: { right: () => [['facts', 1]], legal: [facts] },
  lastChoice: inFolder(['program', 'place', 'store'], [name, name, folder]),
  libraryFile: { right: () => ['/nowhere'], legal: [name] },
  rememberLast: inFolder(() => ['program', keyOf(), 'store'], [name, options(key), folder]),
  storeChoice: inFolder(
    () => [choice(), 'store'],
    [
      options({
        ...key,
        format: (value) => value === 1,
        name: name,
        threads: positive,
        library: () => false,
        environment: named(text),
        compile: optional(() => false),
        ratio: positive,
        milliseconds: positive,
        measured: () => false,
        trials: positive,
      }),
      folder,
    ],
  ),
  storedChoices: inFolder(['store'], [folder]),
  tuningFolder: 'takes nothing',
};

function keyOf(): object {
  return {
    place: 'place',
    device: 'tensorflow',
    hardware: 'AMD',
    version: 'TensorFlow 2.21.0',
    model: 'model',
    batch: 'inputs[2]',
  };
}
