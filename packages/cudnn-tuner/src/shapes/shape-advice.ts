/** The parts of a batch's shape. */
interface Shape {
  /** Names, dtypes and ranks, without sizes. */
  readonly form: string;
  /** Sizes of the first axes. */
  readonly batch: string;
  /** Sizes of all other axes. */
  readonly rest: string;
}

/**
 * Says what to do about several shapes. It depends on how they differ: in the number of examples, in the size of an
 * example, or in more.
 *
 * @returns a sentence without its full stop
 */
export function shapeAdvice(signatures: readonly string[]): string {
  const shapes = signatures.map(shapeOf);
  const forms = distinct(shapes.map(({ form }) => form));
  if (forms.length > 1 || forms[0] === '') {
    return "batches differ in more than their sizes: set capture: false in the trainer, and on a GPU also mode: 'off'";
  }
  const sizes = distinct(shapes.map(({ rest }) => rest));
  if (sizes.length > 1) {
    const fill = sizes.length < shapes.length ? ' and its option padLast' : '';
    return (
      `examples differ in size: pad them with bucketedDataset of @cantrip/data${fill}, choose the lengths with ` +
      'bucketLengths, and set the option shapes to the number of shapes'
    );
  }
  const batches = distinct(shapes.map(({ batch }) => batch));
  if (batches.length > 2) {
    return 'batches differ in the number of examples: set the option padLast of arrayDataset or rebatch';
  }
  return (
    `batches have ${batches.join(' or ')} examples: drop the smaller last one with the option dropLast of arrayDataset or ` +
    'rebatch, or pad it with the option padLast'
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
