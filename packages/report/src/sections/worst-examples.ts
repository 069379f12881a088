import { shortNumber } from '@cantrip/plugin-kit';
import type { KeptInput, WorstExample } from '@cantrip/run-log';
import { type Html, markup } from '../html/markup.ts';
import { pictureOf } from '../predictions/picture.ts';

/** The examples with the largest losses, as pictures or numbers. */
export function worstExamples(data: string, examples: readonly WorstExample[]): Html | undefined {
  if (examples.length === 0) return undefined;
  return markup`<h4>Worst examples of ${data}</h4>
<ul class="worst">${examples.map(exampleOf)}</ul>`;
}

function exampleOf({ index, loss, target, prediction, confidence, input }: WorstExample): Html {
  const sure = confidence === undefined ? '' : ` (${(100 * confidence).toFixed(1)} %)`;
  const [wanted, said] = [target, prediction].map((numbers) => numbers.map(shortNumber).join(', '));
  const name = `example ${index}`;
  return markup`<li>${input && shown(name, input)}
<div>${name}<br>true: ${wanted}<br>predicted: ${said}${sure}<br>loss: ${Number.isFinite(loss) ? shortNumber(loss) : String(loss)}</div></li>`;
}

function shown(name: string, { shape, picture, values }: KeptInput): Html {
  const source = picture && pictureOf(shape, picture);
  if (source !== undefined) return markup`<img src="${source}" alt="${name}, ${shape.join(' × ')}">`;
  const size = shape.reduce((product, length) => product * length, 1);
  if (!values) return markup`<p class="quiet">an input of shape ${shape.join(' × ')}</p>`;
  const more = values.length < size ? `, … (${size} values)` : '';
  return markup`<p class="quiet">input: ${values.map(shortNumber).join(', ')}${more}</p>`;
}
