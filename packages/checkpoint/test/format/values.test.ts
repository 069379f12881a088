import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type SavedRun, writeCheckpoint } from '@cantrip/checkpoint';
import { expect, it } from 'vitest';
import { inFolder } from './fixtures/in-folder.ts';
import { savedRun } from './fixtures/saved-run.ts';

const { snapshot } = savedRun(1, 'plain');
const bytes = new Uint8Array(8);

const withState = (state: Record<string, unknown>): SavedRun => ({
  snapshot: { ...snapshot, plugins: { counter: { state, variables: {} } } },
  description: {},
});
const withTensor = (name: string, tensor: unknown): SavedRun => ({
  snapshot: { ...snapshot, variables: Object.fromEntries([[name, tensor]]) as typeof snapshot.variables },
  description: {},
});
const scalar = { dtype: 'float32', shape: [], values: Float32Array.of(1) };

function nested(depth: number): object {
  let value: object = {};
  for (let level = 0; level < depth; level++) value = { value };
  return value;
}

it.each<readonly [string, SavedRun, string]>([
  [
    'a function',
    withState({ f: () => 1 }),
    'the state of the plugin counter.f is not plain data, but function f',
  ],
  [
    'an object of a class',
    withState({ a: [/x/] }),
    'counter.a[0] is not plain data, but an object of RegExp',
  ],
  [
    'a symbol in a map',
    withState({ m: new Map([['k', Symbol('s')]]) }),
    'counter.m.get("k") is not plain data',
  ],
  [
    'two arrays that share memory',
    withState({ a: bytes.subarray(0, 5), b: bytes.subarray(4) }),
    'counter.b shares its memory with another array',
  ],
  [
    'an array with a name',
    withState({ a: Object.assign([1], { x: 1 }) }),
    'an array with names beside its numbers',
  ],
  [
    'the key __proto__',
    withState(JSON.parse('{"a": {"__proto__": 1}}') as object as never),
    'the key __proto__',
  ],
  ['a very deep value', withState({ deep: nested(300) }), 'nested more than 200 deep'],
  ['a very long bigint', withState({ big: 10n ** 20_000n }), 'is a bigint of 20001 digits'],
  ['a tensor named __proto__', withTensor('__proto__', scalar), 'a tensor must not have the name __proto__'],
  ['a tensor with a name of half a character', withTensor('\uD800', scalar), 'name'],
  [
    'a tensor of another type',
    withTensor('w', { ...scalar, dtype: 'string' }),
    'must be of float32, int32 or bool',
  ],
  [
    'a tensor with values of another type',
    withTensor('w', { ...scalar, dtype: 'int32' }),
    'the values of tensor "w" must be a Int32Array, got Float32Array(1)',
  ],
  ['a tensor that does not fit its shape', withTensor('w', { ...scalar, shape: [2] }), 'must fit its shape'],
])('%s is refused before anything is written', async (_, saved, what) => {
  await inFolder(async (folder) => {
    await expect(writeCheckpoint(join(folder, 'one'), saved)).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      who: 'writeCheckpoint',
      what: expect.stringContaining(what) as string,
    });
    expect(readdirSync(folder)).toEqual([]);
  });
});
