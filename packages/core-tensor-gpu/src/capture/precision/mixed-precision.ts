import type { OpAttribute } from '../../native/api/attributes.ts';
import { dataTypes } from '../../native/api/dtype.ts';
import type { Pointer } from '../../native/api/c-api.ts';
import type { GraphOutput } from '../../native/api/graph-api.ts';
import { type Graph, typeAttribute } from '../graph/graph.ts';
import { isProduct, productFlop } from '../graph/product-flop.ts';
import { type Bfloat16Op, bfloat16Ops } from './bfloat16-ops.ts';

/** How many matrix products and convolutions of a step are computed in bfloat16. */
export interface ProductShare {
  readonly inBfloat16: number;
  readonly products: number;
}

interface MixedPrecision {
  readonly operation: Graph['operation'];
  /** Of the products that are part of the function. */
  share(isPart: (oper: Pointer) => boolean): ProductShare;
}

/**
 * Adds operations to a graph in mixed precision: matrix products and convolutions in bfloat16, and what stands between
 * them as far as it only moves numbers or changes each by itself.
 *
 * Every output is float32 to those who read it. Where an operation of bfloat16 reads it, it gets the bfloat16 number
 * from before the conversion, so that no rounding is added. What nobody reads is not part of the function.
 *
 * @param hasKernel - whether the device computes an op in bfloat16
 */
export function mixedPrecision(
  graph: Pick<Graph, 'operation' | 'shapeOf'>,
  hasKernel: (op: string) => boolean,
): MixedPrecision {
  const [full, halved]: [Pointer[], Pointer[]] = [[], []];
  /** For a float32 output: the bfloat16 output that has the same numbers. */
  const sources = new Map<string, GraphOutput>();
  /** Float32 outputs, e.g. weights, rounded once for all that read them. */
  const rounded = new Map<string, GraphOutput>();
  const isSource = (output: GraphOutput): boolean => sources.has(keyOf(output));

  function cast(output: GraphOutput, dtype: number): GraphOutput {
    return graph.operation('Cast', [typeAttribute('DstT', dtype)], [output])[0]!;
  }

  function inBfloat16(output: GraphOutput): GraphOutput {
    const key = keyOf(output);
    const known = sources.get(key) ?? rounded.get(key);
    if (known) return known;
    const made = cast(output, dataTypes.TF_BFLOAT16);
    rounded.set(key, made);
    return made;
  }

  function inFloat32(output: GraphOutput, op: string, keeps: boolean): GraphOutput {
    if (graph.shapeOf(output, op).dtype !== dataTypes.TF_BFLOAT16) return output;
    const made = cast(output, dataTypes.TF_FLOAT);
    if (keeps) sources.set(keyOf(made), output);
    return made;
  }

  /** Numbers that are only moved are moved in the form that is read, so that no part is converted by itself. */
  function movedInBoth(whole: readonly GraphOutput[], half: readonly GraphOutput[]): GraphOutput[] {
    whole.forEach((output, index) => sources.set(keyOf(output), half[index]!));
    return [...whole];
  }

  function isWanted(rule: Bfloat16Op, { op, inputs, ...added }: Added): boolean {
    const changed = rule.inputs(inputs.length);
    const isFloat = (index: number): boolean =>
      graph.shapeOf(inputs[index]!, op).dtype === dataTypes.TF_FLOAT;
    if (!changed.every(isFloat) || !hasKernel(op)) return false;
    if (rule.when === 'always') return isWorthIt(changed, { op, inputs, ...added });
    const decisive = (rule.decides ?? changed).map((index) => inputs[index]!);
    return decisive.every(isSource) || (op === 'Add' && addsBias(inputs));
  }

  /** Whether a product saves more time in bfloat16 than the conversions around it take. It goes by shapes alone. */
  function isWorthIt(changed: readonly number[], { op, attributes, inputs, outputs }: Added): boolean {
    const shapes = inputs.map((input) => graph.shapeOf(input, op).shape);
    const output = graph.shapeOf(outputs[0]!, op).shape;
    const flags = Object.fromEntries(attributes.map(({ name, value }) => [name, value]));
    const flop = productFlop(op, { flags, inputs: shapes, output });
    const isThere = (index: number): boolean =>
      isSource(inputs[index]!) || rounded.has(keyOf(inputs[index]!));
    const converted = changed
      .filter((index) => !isThere(index))
      .reduce((sum, index) => sum + sizeOf(shapes[index]!), sizeOf(output));
    return flop >= leastFlop && flop >= flopOfConversion * converted;
  }

  /** Whether a small float32 tensor, e.g. a bias, is added to a bfloat16 one. */
  function addsBias(inputs: readonly GraphOutput[]): boolean {
    const [large, small] = isSource(inputs[0]!) ? [inputs[0]!, inputs[1]!] : [inputs[1]!, inputs[0]!];
    const [size, added] = [large, small].map((input) => sizeOf(graph.shapeOf(input, 'Add').shape));
    return isSource(large) && added! * smallShare <= size!;
  }

  const operation: Graph['operation'] = (op, attributes, inputs) => {
    const whole = graph.operation(op, attributes, inputs);
    const rule = bfloat16Ops[op];
    if (isProduct(op)) full.push(whole[0]!.oper);
    if (!rule || !isWanted(rule, { op, attributes, inputs, outputs: whole })) return whole;
    const changed = new Set(rule.inputs(inputs.length));
    const given = inputs.map((input, index) => (changed.has(index) ? inBfloat16(input) : input));
    const half = graph.operation(op, attributes, given);
    if (isProduct(op)) halved.push(half[0]!.oper);
    if (rule.when === 'moving') return movedInBoth(whole, half);
    const keeps = !rule.sumsExamples?.(attributes);
    return half.map((output) => inFloat32(output, op, keeps));
  };
  return {
    operation,
    share(isPart) {
      const inBfloat16 = halved.filter(isPart).length;
      return { inBfloat16, products: inBfloat16 + full.filter(isPart).length };
    },
  };
}

interface Added {
  readonly op: string;
  readonly attributes: readonly OpAttribute[];
  readonly inputs: readonly GraphOutput[];
  /** Of the op in float32. */
  readonly outputs: readonly GraphOutput[];
}

/** A product of fewer floating-point operations is over before two more operations have begun. */
const leastFlop = 8e6;

/** A product must do so many floating-point operations for each number that is converted for it. */
const flopOfConversion = 50;

/** A tensor that is added counts as small if it has at most one number for so many. */
const smallShare = 16;

const keyOf = ({ oper, index }: GraphOutput): string => `${oper} ${index}`;

const sizeOf = (shape: readonly number[]): number => shape.reduce((size, dimension) => size * dimension, 1);
