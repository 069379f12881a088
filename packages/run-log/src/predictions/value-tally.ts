import { rowSize } from './host-values.ts';
import type { PartTally } from './part-tally.ts';
import { worstExamples } from './worst-examples.ts';

/** The most pairs in a sample, and the most values that an example shows. */
const most = { sample: 1000, shown: 8 };

/** Keeps a sample of predicted numbers: every one, then every second, every fourth and so on. */
export function valueTally(worst: number): PartTally {
  const examples = worstExamples(worst);
  let sample: (readonly [number, number])[] = [];
  let [every, count] = [1, 0];

  function addPair(target: number, prediction: number): void {
    if (count % every === 0) sample.push([target, prediction]);
    count += 1;
    if (sample.length <= most.sample) return;
    sample = sample.filter((_, at) => at % 2 === 0);
    every *= 2;
  }

  return {
    add({ outputs, targets, weights, inputs, size, first }) {
      const places = rowSize(outputs);
      const all = places * outputs.shape[0]!;
      for (let row = 0; row < size; row++) {
        let [sum, counted] = [0, 0];
        for (let place = 0; place < places; place++) {
          const at = row * places + place;
          if (weights && weights.values[Math.floor((at * weights.values.length) / all)] === 0) continue;
          const [target, prediction] = [targets.values[at]!, outputs.values[at]!];
          addPair(target, prediction);
          sum += (prediction - target) ** 2;
          counted += 1;
        }
        if (counted === 0) continue;
        const shown = (values: ArrayLike<number>): readonly number[] =>
          Array.from({ length: Math.min(places, most.shown) }, (_, place) => values[row * places + place]!);
        const example = {
          index: first + row,
          loss: sum / counted,
          target: shown(targets.values),
          prediction: shown(outputs.values),
        };
        examples.add(example, inputs, row);
      }
    },
    result: () => ({ kind: 'values', count, every, sample, worst: examples.examples }),
  };
}
