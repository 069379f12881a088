import { type ModelDraw, outputName } from './case.ts';

/** A dense layer's weights: kernel `[from, to]` and bias `[to]`. */
export interface DensePart {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** The dense layers of a model that has no others, each once. */
export function densePartsOf({ inputs, shared, width, body, heads }: ModelDraw): readonly DensePart[] {
  return [
    ...inputs.flatMap((input, at) =>
      input.kind !== 'numbers' || (shared && at > 0)
        ? []
        : [{ name: `encode${at}`, from: input.width, to: width }],
    ),
    ...body.map((_, at) => ({ name: `body${at}`, from: width, to: width })),
    ...heads.map(({ units }, at) => ({ name: outputName(at), from: width, to: units })),
  ];
}
