import * as tf from '@tensorflow/tfjs-core';
import { isCantripError } from '@cantrip/errors';
import type { Legal, Row } from './row.ts';
import type { OptionRules } from './rules.ts';
import { optionAt, withOption } from './with-option.ts';
import type { WrongValue } from './wrong-values.ts';

type Exported = (...given: never[]) => unknown;

interface Attempt {
  /** What was given in the place of what: `options.steps = NaN`. */
  readonly label: string;
  readonly args: readonly unknown[];
  readonly legal: boolean;
  /** A function or a promise that may be given: what it throws is its own. */
  readonly callback: boolean;
}

/**
 * Calls an export with its right arguments, and then with every wrong value in the place of every argument and option.
 *
 * @returns one sentence for each call that did not end as it must: a wrong value in a CantripError of that function, a
 *   legal one in that or in a result, and the right arguments in a result
 */
export async function tryRow(
  name: string,
  exported: Exported,
  row: Row,
  wrong: readonly WrongValue[],
): Promise<readonly string[]> {
  const faults: string[] = [];
  const call = row.call ?? ((fn: Exported, args: readonly unknown[]) => fn(...(args as never[])));
  const run = (args: readonly unknown[]): Promise<Outcome> =>
    outcomeOf(() => call(exported, args), row.endsIn);
  const right = await run(row.right());
  if (right.error !== undefined) faults.push(`${name}, called rightly: ${inWords(right.error)}`);
  for (const { label, args, legal, callback } of attempts(row, wrong)) {
    const { error } = await run(args);
    if (error === undefined && !legal) faults.push(`${name}, ${label}: accepted`);
    else if (error !== undefined && !callback && !isOf(error, name, row)) {
      faults.push(`${name}, ${label}: ${inWords(error)}`);
    }
  }
  return faults;
}

function* attempts(row: Row, wrong: readonly WrongValue[]): Generator<Attempt> {
  for (const [index, legal] of row.legal.entries()) {
    for (const { label, make } of wrong) {
      const value = make();
      const args = row.right().with(index, value);
      yield attempt(`argument ${index} = ${label}`, args, value, isLegal(legal, value));
    }
    if (typeof legal !== 'function') yield* optionAttempts(row, index, legal, wrong);
  }
}

function* optionAttempts(
  row: Row,
  index: number,
  legal: Exclude<Legal, (value: unknown) => boolean>,
  wrong: readonly WrongValue[],
): Generator<Attempt> {
  const given = (): unknown => row.right()[index];
  for (const { path, key } of legal.mayHoldMore ? [] : misspellings(legal.options)) {
    const misspelt = { ...(optionAt(given(), path) as object), [key]: 1 };
    const args = row.right().with(index, withOption(given(), path, misspelt));
    const isLegalThere = legal.options[path]?.(misspelt) ?? false;
    yield attempt(`argument ${index} with a misspelt option ${path} ${key}`, args, misspelt, isLegalThere);
  }
  for (const [option, rule] of Object.entries(legal.options)) {
    for (const { label, make } of wrong) {
      const value = make();
      const args = row.right().with(index, withOption(given(), option, value));
      yield attempt(`${option} = ${label}`, args, value, rule(value));
    }
  }
}

/** Options that there are none of, one of them nearly right, beside each that there is: also of options within options. */
function misspellings(rules: OptionRules): { readonly path: string; readonly key: string }[] {
  const places = new Map<string, string>();
  for (const option of Object.keys(rules)) {
    const keys = option.split('.');
    const key = keys.pop()!;
    // Entries of an array have no names.
    if (!/^\d+$/.test(key)) places.set(keys.join('.'), key);
  }
  return [...places].flatMap(([path, key]) =>
    ['nonsense', key.length > 2 ? key.slice(0, -1) : `${key}s`].map((wrong) => ({ path, key: wrong })),
  );
}

function attempt(label: string, args: readonly unknown[], value: unknown, legal: boolean): Attempt {
  return { label, args, legal, callback: legal && (typeof value === 'function' || value instanceof Promise) };
}

function isLegal(legal: Legal, value: unknown): boolean {
  return typeof legal === 'function' ? legal(value) : legal.whole(value);
}

interface Outcome {
  readonly error?: unknown;
}

async function outcomeOf(call: () => unknown, endsIn: string | undefined): Promise<Outcome> {
  try {
    dispose(await call());
    return {};
  } catch (error) {
    const begun = endsIn !== undefined && error instanceof Error && error.message.includes(endsIn);
    return begun ? {} : { error };
  }
}

function dispose(result: unknown): void {
  if (result instanceof tf.Tensor && !result.isDisposed) result.dispose();
}

function isOf(error: unknown, name: string, row: Row): boolean {
  if (!isCantripError(error)) return false;
  return [name, ...(row.who ?? [])].some((who) => error.who === who || error.who.startsWith(`${who}`));
}

function inWords(error: unknown): string {
  if (isCantripError(error)) return `an error of ${error.who}: ${error.message.slice(0, 160)}`;
  return error instanceof Error
    ? `a raw ${error.name}: ${error.message.split('\n')[0]!.slice(0, 160)}`
    : `threw ${String(error)}`;
}
