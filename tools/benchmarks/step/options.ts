import { availableParallelism } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import { type Case, cases } from './cases/cases.ts';
import { everyCase } from './cases/large-cases.ts';
import { type Contender, contenders } from './contenders/contenders.ts';

export interface Options {
  readonly cases: readonly Case[];
  /** Where `--only` names some; by default each case has its own. */
  readonly only?: readonly Contender[];
  readonly rounds: number;
  readonly epochRounds: number;
  readonly warmUp: number;
  readonly threads: number;
  readonly steps?: number;
  /** Where the figures are written, besides the page of a whole run. */
  readonly json?: string;
  /** Whether it is a whole run, whose page is published. */
  readonly whole: boolean;
}

interface Given extends Omit<Options, 'cases' | 'whole'> {
  readonly case?: readonly Case[];
}

const everywhere = contenders.filter(({ cases: some }) => some === undefined);

/** The options of the command line; `--help` and mistakes end the process. */
export function readOptions(argv: readonly string[]): Options {
  const given = new Command('npm run bench --')
    .description(
      'Times training steps of Cantrip beside TensorFlow.js, Keras, PyTorch and JAX, and writes docs/benchmarks/step.md.',
    )
    .option(
      '--case <names>',
      `of ${namesOf(everyCase)}, with commas; by default ${namesOf(cases)}, for the others are for a GPU`,
      pick(everyCase),
    )
    .option(
      '--only <names>',
      `of ${namesOf(contenders)}, with commas; by default ${namesOf(everywhere)} and the ways that suit a case`,
      pick(contenders),
    )
    .option('--rounds <n>', 'turns of each contender', wholeNumber(1), 11)
    .option('--epoch-rounds <n>', 'whole epochs of each contender; 0 leaves them out', wholeNumber(0), 3)
    .option('--warm-up <seconds>', 'how long each contender trains before its turns count', wholeNumber(0), 3)
    .option('--threads <n>', 'threads of every contender', wholeNumber(1), availableParallelism())
    .option('--steps <n>', "steps in a turn, instead of each case's own number", wholeNumber(1))
    .option('--json <file>', 'also write the figures there, after each case')
    .addHelpText(
      'after',
      '\nA run with --case, --only or --steps prints its figures and leaves docs/benchmarks as it is.\n' +
        'CANTRIP_BENCH_PYTHON names a Python that has the peers, instead of the one of `npm run bench:install`.',
    )
    .allowExcessArguments(false)
    .parse(argv)
    .opts<Given>();
  const { case: chosenCases, ...rest } = given;
  const whole = chosenCases === undefined && given.only === undefined && given.steps === undefined;
  return { ...rest, cases: chosenCases ?? cases, whole };
}

function namesOf(list: readonly { readonly name: string }[]): string {
  return list.map(({ name }) => name).join(', ');
}

function pick<T extends { readonly name: string }>(list: readonly T[]): (text: string) => readonly T[] {
  return (text) => {
    const names = text.split(',').map((name) => name.trim());
    const unknown = names.filter((name) => !list.some((one) => one.name === name));
    if (unknown.length > 0) {
      throw new InvalidArgumentError(`There is no ${unknown.join(', ')}, only ${namesOf(list)}.`);
    }
    return list.filter(({ name }) => names.includes(name));
  };
}

function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`It must be a whole number of at least ${least}, got ${text}.`);
  };
}
