import { isCantripError } from '@cantrip/errors';
import { describe, expect, it } from 'vitest';
import * as tuner from '../src/index.ts';

// As a program without types would call them.
const loose = tuner as unknown as Record<string, (...given: unknown[]) => unknown>;

const cases: readonly (readonly [what: string, call: () => unknown, message: string])[] = [
  [
    'a mode that does not exist',
    () => loose['cudnnTuning']!({ mode: 'fast' }),
    '[cudnnTuning] mode must be "benchmark", "deterministic", "measure" or "off", got "fast".',
  ],
  ['a flag instead of a mode', () => loose['cudnnTuning']!({ mode: true }), 'got true'],
  [
    "PyTorch's flag",
    () => loose['cudnnTuning']!({ benchmark: true }),
    '[cudnnTuning] has no option benchmark',
  ],
  [
    'a mode instead of options',
    () => loose['cudnnTuning']!('benchmark'),
    'options must be a plain object, got "benchmark"',
  ],
  ['no threads', () => tuner.cudnnTuning({ intraOpThreads: 0 }), 'intraOpThreads must be'],
  ['half a thread', () => tuner.cudnnEnvironment('off', { interOpThreads: 0.5 }), 'interOpThreads must be'],
  ['half of TF32', () => loose['cudnnTuning']!({ tf32: 0.5 }), 'tf32 must be a boolean, got 0.5'],
  ['no time to measure', () => tuner.cudnnTuning({ mode: 'measure', budget: 0 }), 'budget must be'],
  [
    'determinism on and off at once',
    () => tuner.cudnnTuning({ mode: 'deterministic', deterministic: false }),
    "[cudnnTuning] deterministic must not be false in mode 'deterministic'",
  ],
  ['null', () => loose['cudnnTuning']!(null), 'options must be a plain object, got null'],
  ['an environment of no mode', () => loose['cudnnEnvironment']!(), '[cudnnEnvironment] mode must be'],
  ['an environment of an unknown mode', () => loose['cudnnEnvironment']!('on'), 'got "on"'],
  ['no shapes at all', () => tuner.cudnnTuning({ shapes: 0 }), '[cudnnTuning] shapes must be'],
  ['half a shape', () => tuner.shapeWatch({ shapes: 1.5 }), '[shapeWatch] shapes must be'],
  [
    'a record without shapes',
    () => loose['shapeWatch']!({ record: {} }),
    '[shapeWatch] record.signatures is missing',
  ],
  [
    'a record of numbers',
    () => loose['shapeWatch']!({ record: { signatures: [64] } }),
    'record.signatures[0] must be a string, got 64',
  ],
  [
    'a record in the place of options',
    () => loose['shapeWatch']!({ signatures: [] }),
    'has no option signatures',
  ],
  ['options that are none', () => loose['shapeWatch']!(64), 'options must be a plain object, got 64'],
  [
    'a shape that is no text',
    () => tuner.shapeWatch().see([64, 28] as unknown as string),
    "signature must be a text that is not empty, got [64, 28]. Pass a text of the batch's shapes, for example inputs.shape.join(',').",
  ],
  ['an empty text', () => tuner.shapeWatch().see(''), 'got ""'],
];

describe('bad input is one clear sentence:', () => {
  it.each(cases)('%s', (_, call, message) => {
    const error = thrownBy(call);
    expect((error as Error).message).toContain(message);
    expect(isCantripError(error) && error.code).toBe('OPTION_INVALID');
  });
});

function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
