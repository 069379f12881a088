import type { EvaluatedBatch, EvaluatedExamples } from '@cantrip/trainer';
import { classTally, meaningOf } from './class-tally.ts';
import { type Given, type Values, valuesOf } from './host-values.ts';
import type { PartTally } from './part-tally.ts';
import type { PartOfPredictions } from './predictions.ts';
import { valueTally } from './value-tally.ts';

/** Collects what a model predicts in one validation. */
export interface Collector {
  add(
    batch: Pick<EvaluatedBatch, 'prefix' | 'batch' | 'batches'> & { readonly examples: EvaluatedExamples },
  ): Promise<void>;
  /** The parts; undefined if the validation did not come to its end. */
  parts(): readonly PartOfPredictions[] | undefined;
}

interface Found {
  readonly data: string;
  readonly output: string;
  /** Undefined for an output whose predictions are neither classes nor numbers. */
  readonly tally: PartTally | undefined;
}

/** @param worst - the number of examples with the largest losses that are kept */
export function collectPredictions(worst: number): Collector {
  const found = new Map<string, Found>();
  const seen = new Map<string, number>();
  let isWhole = false;
  return {
    async add({ prefix, batch, batches, examples }) {
      const { size } = examples;
      const data = prefix.replace(/_$/, '');
      const first = seen.get(data) ?? 0;
      seen.set(data, first + size);
      isWhole = batch === batches;
      const inputs = await valuesOf(shownInput(examples.inputs));
      for (const { output, loss, ...given } of examples.outputs) {
        const [outputs, targets] = [await valuesOf(given.outputs), await valuesOf(given.targets)];
        const weights = given.weights === undefined ? undefined : await valuesOf(given.weights);
        const key = JSON.stringify([data, output]);
        const part = found.get(key) ?? { data, output, tally: tallyOf(loss, outputs, targets, worst) };
        found.set(key, part);
        part.tally?.add({ outputs, targets, weights, inputs, size, first });
      }
    },
    parts() {
      if (!isWhole) return undefined;
      return [...found.values()].flatMap(({ data, output, tally }) =>
        tally ? [{ data, output, ...tally.result() }] : [],
      );
    },
  };
}

function tallyOf(
  loss: EvaluatedExamples['outputs'][number]['loss'],
  outputs: Values,
  targets: Values,
  worst: number,
): PartTally | undefined {
  const units = outputs.shape.length > 1 ? outputs.shape.at(-1)! : 1;
  const meaning = meaningOf(loss, targets, units);
  if (meaning) return classTally(meaning, units, loss.ignoreIndex, worst);
  const isSameSize = outputs.values.length === targets.values.length;
  return isSameSize && loss.answers === undefined ? valueTally(worst) : undefined;
}

/** Of several inputs the first picture, or the first one. */
function shownInput(inputs: EvaluatedExamples['inputs']): Given {
  if (isOne(inputs)) return inputs;
  const all = Object.values(inputs) as readonly Given[];
  return all.find(({ shape }) => shape.length === 4) ?? all[0]!;
}

const isOne = (inputs: EvaluatedExamples['inputs']): inputs is Given =>
  Array.isArray((inputs as Given).shape);
