import type { Diagnosis } from '@cantrip/core-tensor-gpu';
import type { CantripParts } from '@cantrip/cli';
import type { Training } from '@cantrip/cli/config';
import { data, options, type Rows } from '../../row.ts';
import {
  arrayOf,
  callable,
  flag,
  nothing,
  number,
  oneOf,
  optional,
  optionalOptions,
  text,
  type Rule,
} from '../../rules.ts';

const count = number({ min: 0 });
const optionalText = optional(text);
const plainObject: Rule = (value) =>
  typeof value === 'object' &&
  value !== null &&
  [null, Object.prototype].includes(Object.getPrototypeOf(value) as null);
const plain: Rule = (value) => value !== undefined && optionalOptions(value);
/** Plain data that the command line can write. */
const param: Rule = (value) =>
  Array.isArray(value)
    ? value.every(param)
    : value === null ||
      ['string', 'boolean'].includes(typeof value) ||
      Number.isFinite(value) ||
      paramGroup(value);
const paramGroup: Rule = (value) =>
  plainObject(value) &&
  Object.entries(value as object).every(([key, one]) => /^[^.=\s]+$/.test(key) && param(one));
const pathOrProblem = (value: unknown): boolean => typeof value === 'string';

/** Every export of the package. */
export const cliRows: Rows = {
  formatDiagnosis: {
    right: () => [diagnosis()],
    legal: [
      data({
        node: text,
        platform: text,
        hardware: text,
        threads: count,
        memory: count,
        devices: arrayOf(nothing),
        'devices.0': nothing,
        'devices.0.name': text,
        'devices.0.available': oneOf(true),
        'devices.0.description': nothing,
        'devices.0.description.version': text,
        'devices.0.description.threads': count,
        'devices.0.description.memory': count,
        'devices.0.description.library': optionalText,
        'devices.0.description.settings': optional(plainObject),
        'devices.0.description.settings.oneDnn': optional(flag),
        'devices.1.reason': text,
        'devices.1.fix': optionalText,
        refusal: optional(nothing),
        'refusal.reason': text,
        libraries: arrayOf(nothing),
        'libraries.0.source': text,
        'libraries.0.path': text,
        'libraries.0.found': flag,
        'libraries.0.problem': optionalText,
        tuning: nothing,
        'tuning.folder': text,
        'tuning.files': arrayOf(nothing),
        'tuning.files.0.path': pathOrProblem,
        'tuning.files.0.problem': pathOrProblem,
        'tuning.files.1.choice': nothing,
        'tuning.files.1.choice.ratio': count,
        'tuning.files.1.choice.milliseconds': count,
        'tuning.files.1.choice.measured': nothing,
        'tuning.files.1.choice.environment': plain,
        'tuning.files.1.choice.compile': optionalText,
      }),
    ],
  },
  runCantrip: {
    right: () => [['--version'], parts()],
    legal: [arrayOf(text), options({ out: callable, err: callable, core: callable }, oneOf(undefined))],
    // Everything is printed nowhere.
    call: (run, [args, given]) =>
      (run as (...given: readonly unknown[]) => unknown)(args, given === undefined ? parts() : given),
  },
};

/** Every export of what a config imports. */
export const cliConfigRows: Rows = {
  defineConfig: [
    {
      right: () => [{ params: { rate: 0.1 }, run: () => training() }],
      legal: [options({ params: optional(paramGroup), 'params.rate': param, run: callable }, callable)],
    },
    {
      right: () => [training()],
      legal: [
        // The trainer checks its own options and the data, when the training begins.
        options(
          { trainer: plainObject, data: (value) => value !== undefined && value !== null, fit: plainObject },
          callable,
        ),
      ],
    },
  ],
};

function training(): Training {
  return { trainer: {}, data: { inputs: [[1]], targets: [[1]] }, fit: { epochs: 1 } } as unknown as Training;
}

function parts(): CantripParts {
  const ignore = (): void => undefined;
  return { out: ignore, err: ignore, core: () => Promise.reject(new Error('not now')) };
}

function diagnosis(): Diagnosis {
  const description = {
    name: 'wasm',
    version: '4.22.0',
    threads: 2,
    hardware: 'a processor',
    memory: 2 ** 30,
    passedOver: [],
  } as const;
  const choice = {
    format: 1,
    name: 'train.ts',
    hardware: 'a processor',
    threads: 2,
    place: '0',
    device: 'tensorflow',
    version: 'TensorFlow 2.21.0',
    library: { path: '/lib', size: 1, modified: 1 },
    model: '0',
    batch: 'inputs[1]',
    environment: {},
    ratio: 0.5,
    milliseconds: 1,
    measured: '2026-11-24T00:00:00.000Z',
    trials: 9,
  } as const;
  return {
    node: '20.19.0',
    platform: 'linux-x64',
    hardware: 'a processor',
    threads: 2,
    memory: 2 ** 30,
    devices: [
      { name: 'wasm', available: true, description: { ...description } },
      { name: 'cuda', available: false, reason: 'there is none', fix: 'get one' },
    ],
    refusal: { reason: 'there is none' },
    libraries: [{ source: 'cache', path: '/cache', found: false }],
    tuning: {
      folder: '/cache',
      files: [
        { path: '/cache/a.json', problem: 'it is damaged' },
        { path: '/cache/b.json', choice },
      ],
    },
  };
}
