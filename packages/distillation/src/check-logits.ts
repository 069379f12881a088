import { CantripError } from '@cantrip/errors';

interface Shaped {
  readonly shape: readonly number[];
}

/** @throws CantripError SHAPE_MISMATCH unless both are logits of the same places and classes */
export function sameShape(who: string, student: Shaped, teacher: Shaped): void {
  const [one, other] = [shapeOf(student), shapeOf(teacher)];
  if (one === other && student.shape.length > 0) return;
  throw new CantripError('SHAPE_MISMATCH', {
    who,
    what: `the student gives ${one} and the teacher ${other}`,
    fix: 'Use a teacher that gives one logit for each class of the student, in the shape […, K]',
  });
}

/** @throws CantripError SHAPE_MISMATCH unless the weights are those of the first axes of the losses */
export function checkWeights(who: string, student: Shaped, weights: Shaped | undefined): void {
  if (weights === undefined) return;
  const places = student.shape.slice(0, -1);
  const areForRows = weights.shape.length > 0 || places.length === 0;
  if (areForRows && weights.shape.every((size, axis) => size === places[axis])) return;
  throw new CantripError('SHAPE_MISMATCH', {
    who,
    what: `the weights have the shape ${shapeOf(weights)}, and the student gives ${shapeOf(student)}`,
    fix: 'Pass one weight for each example, or for each place',
  });
}

const shapeOf = ({ shape }: Shaped): string => `[${shape.join(', ')}]`;
