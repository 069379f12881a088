/** One shape of a batch, taken apart. */
interface Shape {
  /** Names, dtypes and ranks, without sizes. */
  readonly form: string;
  /** Sizes of the first axes. */
  readonly batch: string;
  /** Sizes of all other axes. */
  readonly rest: string;
}

/**
 * What to do about several shapes, by the way in which they differ: in the number of examples, in the size of an
 * example, or in more than that.
 *
 * @returns one sentence without its full stop
 */
export function shapeAdvice(signatures: readonly string[]): string {
  const shapes = signatures.map(shapeOf);
  const forms = distinct(shapes.map(({ form }) => form));
  if (forms.length > 1 || forms[0] === '') {
    return "shapes differ in more than sizes: run such steps op by op with capture: false, and on a GPU in mode 'off'";
  }
  const sizes = distinct(shapes.map(({ rest }) => rest));
  if (sizes.length > 1) {
    const fill = sizes.length < shapes.length ? ', fill up smaller last batches with its padLast' : '';
    return (
      'examples differ in size: pad them to a few sizes with bucketedDataset of @cantrip/data, whose bucketLengths ' +
      `chooses them${fill}, and say how many shapes that makes with the option shapes`
    );
  }
  const batches = distinct(shapes.map(({ batch }) => batch));
  if (batches.length > 2) {
    return 'batches differ in the number of examples: make them equal, with padLast of arrayDataset or rebatch';
  }
  return (
    `batches have ${batches.join(' or ')} examples: leave out the smaller last one with dropLast, or fill it up ` +
    'with padLast, of arrayDataset or rebatch'
  );
}

function shapeOf(signature: string): Shape {
  const text = /^\d+(,\d+)*$/.test(signature) ? `[${signature}]` : signature;
  const batch: string[] = [];
  const rest: string[] = [];
  const form = text.replace(/\[([\d,]+)\]/g, (_, list: string) => {
    const [first, ...others] = list.split(',');
    batch.push(first!);
    rest.push(others.join());
    return `[${list.replace(/\d+/g, '')}]`;
  });
  return { form: batch.length > 0 ? form : '', batch: distinct(batch).join('/'), rest: rest.join(' ') };
}

function distinct(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
