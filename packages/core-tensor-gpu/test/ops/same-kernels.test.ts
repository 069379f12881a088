import * as tf from '@tensorflow/tfjs-core';
import { openDevice } from '@cantrip/core-tensor-gpu';
import { presentDevices } from '@cantrip/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { correctedKernels } from '../../src/stock/correct-kernels.ts';
import { any, distinct, type Given } from './rows/op-row.ts';

type Compute = (...x: tf.Tensor[]) => tf.Tensor;
type Filter = tf.Tensor4D;

/** Two kernels that compute the same. */
interface Same {
  readonly kernel: string;
  readonly other: string;
  readonly title: string;
  readonly inputs: readonly Given[];
  readonly one: Compute;
  readonly two: Compute;
}

const image = (x: tf.Tensor): tf.Tensor4D => x as tf.Tensor4D;
const film = (x: tf.Tensor): tf.Tensor5D => tf.expandDims(x, 1) as tf.Tensor5D;
const flat = (x: tf.Tensor): tf.Tensor => tf.squeeze(x, [1]);

const strides = [1, 2, 3, 4];
const pads = ['same', 'valid'] as const;
const windows = strides.flatMap((stride) => pads.map((pad) => ({ stride, pad })));

const convolutions = windows.flatMap(({ stride, pad }): Same[] => {
  const title = `by ${stride}, ${pad}`;
  const [x, filter] = [any(2, 9, 7, 2), any(2, 3, 2, 2)];
  const [plain, depthwise] = [
    (a: tf.Tensor, b: tf.Tensor) => tf.conv2d(image(a), b as Filter, stride, pad),
    (a: tf.Tensor, b: tf.Tensor) => tf.depthwiseConv2d(image(a), b as Filter, stride, pad),
  ];
  const of = (
    a: tf.Tensor,
    b: tf.Tensor,
  ): { x: tf.Tensor4D; filter: Filter; strides: number; pad: typeof pad } => ({
    x: image(a),
    filter: b as Filter,
    strides: stride,
    pad,
  });
  return [
    {
      kernel: 'Conv2D',
      other: 'FusedConv2D',
      title,
      inputs: [x, filter, any(2)],
      one: (a, b, bias) => tf.relu(tf.add(plain(a!, b!), bias!)),
      two: (a, b, bias) => tf.fused.conv2d({ ...of(a!, b!), bias: bias!, activation: 'relu' }),
    },
    {
      kernel: 'DepthwiseConv2dNative',
      other: 'FusedDepthwiseConv2D',
      title,
      inputs: [x, filter, any(4)],
      one: (a, b, bias) => tf.sigmoid(tf.add(depthwise(a!, b!), bias!)),
      two: (a, b, bias) => tf.fused.depthwiseConv2d({ ...of(a!, b!), bias: bias!, activation: 'sigmoid' }),
    },
    {
      kernel: 'Conv2D',
      other: 'Conv3D',
      title,
      inputs: [x, filter],
      one: (a, b) => plain(a!, b!),
      two: (a, b) => flat(tf.conv3d(film(a!), tf.expandDims(b!) as tf.Tensor5D, [1, stride, stride], pad)),
    },
    {
      kernel: 'Conv2DBackpropInput',
      other: 'Conv3DBackpropInputV2',
      title,
      inputs: [x, filter],
      one: (a, b) =>
        tf.conv2dTranspose(image(a!), b as Filter, [2, 9 * stride, 7 * stride, 2], stride, 'same'),
      two: (a, b) =>
        flat(
          tf.conv3dTranspose(
            film(a!),
            tf.expandDims(b!) as tf.Tensor5D,
            [2, 1, 9 * stride, 7 * stride, 2],
            [1, stride, stride],
            'same',
          ),
        ),
    },
    {
      kernel: 'Conv2DBackpropFilter',
      other: 'Conv3DBackpropFilterV2',
      title,
      inputs: [x, filter],
      one: (a, b) => tf.grad((taps) => tf.sum(tf.square(plain(a!, taps))))(b!),
      two: (a, b) =>
        tf.grad((taps) =>
          tf.sum(
            tf.square(tf.conv3d(film(a!), tf.expandDims(taps) as tf.Tensor5D, [1, stride, stride], pad)),
          ),
        )(b!),
    },
  ];
});

const poolings = windows.flatMap(({ stride, pad }): Same[] => {
  const title = `by ${stride}, ${pad}`;
  const inputs = [distinct(2, 7, 6, 2)];
  const max: Compute = (x) => tf.maxPool(image(x!), [2, 3], stride, pad);
  const average: Compute = (x) => tf.avgPool(image(x!), [2, 3], stride, pad);
  const steps: [number, number, number] = [1, stride, stride];
  const max3d: Compute = (x) => flat(tf.maxPool3d(film(x!), [1, 2, 3], steps, pad));
  const average3d: Compute = (x) => flat(tf.avgPool3d(film(x!), [1, 2, 3], steps, pad));
  const back =
    (pool: Compute): Compute =>
    (x) =>
      tf.grad((given) => tf.sum(tf.square(pool(given))))(x!);
  return [
    { kernel: 'MaxPool', other: 'MaxPool3D', title, inputs, one: max, two: max3d },
    { kernel: 'MaxPoolGrad', other: 'MaxPool3DGrad', title, inputs, one: back(max), two: back(max3d) },
    { kernel: 'AvgPool', other: 'AvgPool3D', title, inputs, one: average, two: average3d },
    {
      kernel: 'AvgPoolGrad',
      other: 'AvgPool3DGrad',
      title,
      inputs,
      one: back(average),
      two: back(average3d),
    },
    {
      kernel: 'MaxPool',
      other: 'MaxPoolWithArgmax',
      title,
      inputs,
      one: max,
      two: (x) => tf.maxPoolWithArgmax(image(x!), [2, 3], stride, pad).result as tf.Tensor,
    },
    {
      kernel: 'MaxPool',
      other: 'Dilation2D',
      title,
      inputs,
      one: max,
      two: (x) => tf.dilation2d(image(x!), tf.zeros([2, 3, 2]), stride, pad),
    },
  ];
});

const products = (
  [
    [[3, 2], [2, 4], 'ij,jk->ik'],
    [[2, 3, 2], [2, 2, 4], 'bij,bjk->bik'],
    [[2, 3, 2], [1, 2, 4], 'bij,bjk->bik'],
  ] as [number[], number[], string][]
).flatMap(([a, b, equation]): Same[] => [
  {
    kernel: 'BatchMatMul',
    other: '_FusedMatMul',
    title: `[${a}] [${b}]`,
    inputs: [any(...a), any(...b), any(4)],
    one: (x, y, bias) => tf.elu(tf.add(tf.matMul(x!, y!), bias!)),
    two: (x, y, bias) => tf.fused.matMul({ a: x!, b: y!, bias: bias!, activation: 'elu' }),
  },
  {
    kernel: 'BatchMatMul',
    other: 'Einsum',
    title: `[${a}] [${b}]`,
    inputs: [any(...a), any(...b)],
    one: (x, y) => tf.matMul(x!, y!),
    two: (x, y) => tf.einsum(equation, x!, tf.broadcastTo(y!, [...a.slice(0, -2), ...b.slice(-2)])),
  },
]);

const picked = (kernel: string, other: string, one: Compute, two: Compute, title = 'as it is'): Same => ({
  kernel,
  other,
  title,
  inputs: [distinct(3, 2, 4)],
  one,
  two,
});
const places = (): tf.Tensor1D => tf.tensor1d([2, 0, 1], 'int32');

const others: readonly Same[] = [
  picked(
    'GatherV2',
    'GatherNd',
    (x) => tf.gather(x!, places()),
    (x) => tf.gatherND(x!, tf.reshape(places(), [3, 1])),
  ),
  picked(
    'StridedSlice',
    'Slice',
    (x) => tf.stridedSlice(x!, [1, 0, 1], [3, 2, 3], [1, 1, 1]),
    (x) => tf.slice(x!, [1, 0, 1], [2, 2, 2]),
  ),
  picked(
    'StridedSlice',
    'Reverse',
    (x) => tf.stridedSlice(x!, [2], [0], [-1], 0, 1),
    (x) => tf.reverse(x!, 0),
  ),
  picked(
    'Cumsum',
    'BatchMatMul',
    (x) => tf.cumsum(x!, -1),
    (x) => tf.matMul(x!, tf.broadcastTo(tf.linalg.bandPart(tf.ones([4, 4]), 0, -1), [3, 4, 4])),
  ),
  picked(
    'Cumprod',
    'Prod',
    (x) => tf.slice(tf.cumprod(x!, -1), [0, 0, 3], [3, 2, 1]),
    (x) => tf.prod(x!, -1, true),
  ),
  picked(
    'TensorScatterUpdate',
    'ScatterNd',
    (x) => tf.tensorScatterUpdate(tf.zeros([3, 2, 4]), tf.reshape(places(), [3, 1]), x!),
    (x) => tf.scatterND(tf.reshape(places(), [3, 1]), x!, [3, 2, 4]),
  ),
  picked(
    'Max',
    'TopK',
    (x) => tf.max(x!, -1, true),
    (x) => tf.topk(x!, 1).values,
  ),
  picked(
    'Min',
    'Max',
    (x) => tf.min(x!, 1),
    (x) => tf.neg(tf.max(tf.neg(x!), 1)),
  ),
  picked(
    'Mean',
    'Sum',
    (x) => tf.mean(x!, 1),
    (x) => tf.div(tf.sum(x!, 1), 2),
  ),
  picked(
    'All',
    'Any',
    (x) => tf.cast(tf.all(tf.greater(x!, 0), -1), 'float32'),
    (x) => tf.cast(tf.logicalNot(tf.any(tf.lessEqual(x!, 0), -1)), 'float32'),
  ),
  {
    kernel: 'RotateWithOffset',
    other: 'Transform',
    title: 'by a quarter',
    inputs: [any(2, 5, 5, 2)],
    one: (x) => tf.image.rotateWithOffset(image(x!), Math.PI / 2, 0, [0.4, 0.4]),
    two: (x) => tf.image.transform(image(x!), tf.tensor2d([[0, -1, 4, 1, 0, 0, 0, 0]]), 'nearest'),
  },
];

const row = (x: tf.Tensor): tf.Tensor => tf.slice(x, [0, 0, 0], [1, 1, 4]);
const joined = (x: tf.Tensor): tf.Tensor => tf.complex(x, tf.sin(x));

/** wasm has no complex numbers. */
const complex: readonly Same[] = [
  picked(
    'Add',
    'Sub',
    (x) => tf.imag(tf.add(joined(x!), joined(row(x!)))),
    (x) => tf.sub(tf.sin(x!), tf.neg(tf.sin(row(x!)))),
    'complex and broadcast',
  ),
  picked(
    'Multiply',
    'Sub',
    (x) => tf.real(tf.mul(joined(x!), joined(row(x!)))),
    (x) => tf.sub(tf.mul(x!, row(x!)), tf.mul(tf.sin(x!), tf.sin(row(x!)))),
    'complex and broadcast',
  ),
];

const same: readonly Same[] = [...convolutions, ...poolings, ...products, ...others, ...complex];

/** Whose siblings are the kernels of the other gradient, in the rows of every gradient. */
const gradientsOfOne = ['Dilation2DBackpropFilter', 'Dilation2DBackpropInput'];

it('every kernel that is corrected is compared with others that compute the same', () => {
  const compared = new Set([...same.flatMap(({ kernel, other }) => [kernel, other]), ...gradientsOfOne]);
  expect(correctedKernels.filter((kernel) => !compared.has(kernel))).toEqual([]);
});

describe.each(await presentDevices(['tensorflow', 'wasm', 'cpu']))('on %s', (device) => {
  beforeAll(() => openDevice(device));

  const absent = (one: Same): boolean =>
    device === 'tensorflow' ? one.other === 'MaxPoolWithArgmax' : device === 'wasm' && complex.includes(one);

  it.each(same.filter((one) => !absent(one)))(
    '$kernel gives what $other gives, $title',
    async ({ other, inputs, one, two }) => {
      const given = inputs.map(({ values, shape }) => tf.tensor(values, [...shape]));
      const run = (compute: Compute): ReturnType<typeof tf.profile> =>
        tf.profile(() => tf.keep(tf.tidy(() => compute(...given))));
      const [first, second] = [await run(one), await run(two)];
      expect(second.kernelNames).toContain(other);
      const [want, got] = [first.result, second.result] as [tf.Tensor, tf.Tensor];
      expect(got.shape).toEqual(want.shape);
      const scale = Math.max(1, ...want.dataSync().map(Math.abs));
      const off = tf.tidy(() => tf.max(tf.abs(tf.sub(got, want))).dataSync()[0]!);
      expect(off / scale).toBeLessThan(1e-5);
      tf.dispose([given, want, got]);
    },
  );
});
