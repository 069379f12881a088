import { type Case, outputName } from '../case.ts';
import type { MadeData } from '../make-data.ts';
import { type EpochTotals, lossWeightOf } from './epoch-totals.ts';
import { type MeasuredHead, measureHead } from './measure-head.ts';
import { add, dense, type DenseWeights, type Matrix, matrix, type Tape } from './tape.ts';

/** One batch: adds its figures to the totals. `backward` leaves gradients, and gives what the loss was divided by. */
export function forward(
  { model }: Case,
  layers: ReadonlyMap<string, DenseWeights>,
  data: MadeData,
  rows: readonly number[],
  smoothing: number | undefined,
  totals: EpochTotals,
): { backward(): number } {
  const tape: Tape = [];
  const encoded = data.inputs.map(({ values, shape }, at) => {
    const given = matrix(rows.length, shape[1]!, pickRows(values, shape[1]!, rows));
    return dense(tape, given, layers.get(model.shared ? 'encode0' : `encode${at}`)!, 'tanh');
  });
  let hidden: Matrix = encoded.length > 1 ? add(tape, encoded[0]!, encoded[1]!) : encoded[0]!;
  model.body.forEach((part, at) => {
    if (part.kind !== 'dense') return;
    for (let i = 0; i < part.calls; i++) {
      hidden = dense(tape, hidden, layers.get(`body${at}`)!, part.activation);
    }
  });
  const weights = data.weights ? pickRows(data.weights, 1, rows) : rows.map(() => 1);
  const heads = model.heads.map((head, at) => {
    const { values, shape } = data.targets[at]!;
    const outputs = dense(tape, hidden, layers.get(outputName(at))!, 'linear');
    const targets = pickRows(values, shape[1] ?? 1, rows);
    const given = { logits: outputs.values, targets, weights };
    return [outputs, measureHead(head, given, at === 0 ? smoothing : undefined)] as const;
  });
  totals.add(heads.map(([, measured]) => measured));
  return {
    backward() {
      heads.forEach(([outputs, { gradient, loss }], at) => {
        gradient.forEach((value, i) => {
          outputs.gradient[i] = loss.weight === 0 ? 0 : (lossWeightOf(at) * value) / loss.weight;
        });
      });
      for (const undo of tape.reverse()) undo();
      return dividedBy(
        heads.map(([, measured]) => measured),
        rows.length,
      );
    },
  };
}

/** With several losses a batch counts as its examples. */
const dividedBy = (heads: readonly MeasuredHead[], examples: number): number =>
  heads.length === 1 ? heads[0]!.loss.weight : examples;

const pickRows = (values: ArrayLike<number>, width: number, rows: readonly number[]): number[] =>
  rows.flatMap((row) => Array.from({ length: width }, (_, at) => values[row * width + at]!));
