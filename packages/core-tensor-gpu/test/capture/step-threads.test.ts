import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { captureStep, openDevice } from '@cantrip/core-tensor-gpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { isProduct, productFlop } from '../../src/capture/graph/product-flop.ts';
import { chooseThreads, smallProduct, threadRule } from '../../src/native/settings/step-threads.ts';

const several = availableParallelism() > 1;

beforeAll(async () => {
  await openDevice('tensorflow');
});

describe('the work of a product', () => {
  const flopOf = (op: string, inputs: number[][], output: number[], flags = {}): number | undefined =>
    isProduct(op) ? productFlop(op, { inputs, output, flags }) : undefined;
  const [x, filter, y] = [
    [8, 16, 16, 3],
    [3, 3, 3, 32],
    [8, 16, 16, 32],
  ];

  it.each([
    [
      'MatMul',
      [
        [128, 784],
        [784, 256],
      ],
      [128, 256],
      {},
    ],
    [
      'MatMul',
      [
        [784, 128],
        [784, 256],
      ],
      [128, 256],
      { transpose_a: true },
    ],
    [
      'MatMul',
      [
        [128, 784],
        [256, 784],
      ],
      [128, 256],
      { transpose_b: true },
    ],
  ] as const)('%s of 128 x 784 x 256 is 2 m n k', (op, inputs, output, flags) => {
    expect(flopOf(op, inputs as unknown as number[][], [...output], flags)).toBe(2 * 128 * 784 * 256);
  });

  it('a stack of products counts all of them', () => {
    expect(
      flopOf(
        'BatchMatMulV2',
        [
          [4, 5, 6, 7],
          [4, 5, 7, 8],
        ],
        [4, 5, 6, 8],
      ),
    ).toBe(2 * 20 * 6 * 7 * 8);
    expect(
      flopOf(
        'BatchMatMulV2',
        [
          [20, 7, 6],
          [20, 7, 8],
        ],
        [20, 6, 8],
        { adj_x: true },
      ),
    ).toBe(2 * 20 * 6 * 7 * 8);
  });

  it('a convolution and its two gradients are the same work', () => {
    const work = 2 * 8 * 16 * 16 * 32 * 27;
    expect(flopOf('Conv2D', [x, filter], y)).toBe(work);
    expect(flopOf('Conv2DBackpropInput', [[4], filter, y], x)).toBe(work);
    expect(flopOf('Conv2DBackpropFilter', [x, [4], y], filter)).toBe(work);
  });

  it('other ops are no products', () => {
    expect(flopOf('Relu', [x], x)).toBeUndefined();
    expect(flopOf('DepthwiseConv2dNative', [x, [3, 3, 3, 1]], x)).toBeUndefined();
  });
});

describe('the rule', () => {
  const choice = (flops: readonly number[], threads = 2) =>
    chooseThreads({ whyAll: undefined, flops: () => flops, threads });
  const threadsFor = (flops: readonly number[], threads?: number): string => choice(flops, threads).inOp;

  it('goes by the product in which a typical operation is', () => {
    expect(threadsFor([1e6, 1e6])).toBe('one');
    expect(threadsFor([200e6])).toBe('all');
    // Many small ones hardly count beside a large one.
    expect(threadsFor([...new Array<number>(50).fill(1e6), 500e6])).toBe('all');
    // One of 50 million for all places, and a small one for each place of a sequence.
    expect(threadsFor([52e6, ...new Array<number>(150).fill(2.1e6)])).toBe('one');
  });

  it('has a lower limit with more threads, and falls to the time that waking them takes', () => {
    expect(smallProduct(2)).toBe(150e6);
    expect([4, 8, 16, 64].map(smallProduct).map((limit) => Math.round(limit / 1e5) / 10)).toEqual([
      24, 18.5, 16.6, 15.4,
    ]);
    expect([threadsFor([40e6], 2), threadsFor([40e6], 4)]).toEqual(['one', 'all']);
  });

  it('says why', () => {
    expect(choice([1.234e6]).because).toBe(
      'a typical product of the step has 1.2 million floating-point operations, fewer than 150 million',
    );
    expect(choice([312e6]).because).toMatch(/has 310 million .*, not fewer than 150 million$/);
    expect(choice([]).because).toMatch(/no matrix products and no convolutions/);
    const never = (): never => {
      throw new Error('not asked');
    };
    expect(chooseThreads({ whyAll: 'the device is a GPU', flops: never, threads: 2 })).toEqual({
      inOp: 'all',
      because: 'the device is a GPU',
    });
  });

  it('is told in a sentence', () => {
    expect(threadRule(undefined, 4)).toBe(
      'one thread in an op if a typical product has fewer than 24 million floating-point operations, else all',
    );
  });

  it('leaves a step without products as it is', () => {
    expect(threadsFor([])).toBe('all');
  });
});

describe('a captured step', () => {
  const productOf = (size: number): { step: ReturnType<typeof capture>; x: tf.Tensor } => ({
    step: capture(),
    x: tf.randomUniform([size, size], -1, 1, 'float32', 7),
  });
  const capture = () =>
    captureStep(({ x }: { x: tf.Tensor }) => tf.matMul(x as tf.Tensor2D, x as tf.Tensor2D));

  it.each([
    [64, several],
    [512, false],
  ])(
    'of a product of %i x %i uses one thread: %s, and computes what the op alone computes',
    async (size, one) => {
      const { step, x } = productOf(size);
      const result = await step.run({ x });
      expect(step.threads?.inOp === 'one').toBe(one);
      const alone = tf.matMul(x as tf.Tensor2D, x as tf.Tensor2D);
      expect(tf.max(tf.abs(tf.sub(result, alone))).dataSync()[0]).toBeLessThan(1e-4);
      step.dispose();
    },
  );

  it('shares its variables with ops and with a step that uses all threads', async () => {
    const total = tf.variable(tf.zeros([64, 64]));
    const small = captureStep(({ x }: { x: tf.Tensor2D }) => {
      total.assign(tf.add(total, tf.matMul(x, x)));
      return tf.sum(total);
    });
    const large = captureStep(({ x }: { x: tf.Tensor2D }) => {
      total.assign(tf.mul(total, 2));
      return tf.sum(tf.matMul(x, x));
    });
    const ones = tf.ones([64, 64]) as tf.Tensor2D;
    const many = tf.ones([512, 512]) as tf.Tensor2D;
    for (let call = 0; call < 12; call++) {
      await small.run({ x: ones });
      await large.run({ x: many });
      total.assign(tf.sub(total, 1) as tf.Tensor2D);
    }
    expect([small, large].map(({ threads }) => threads?.inOp === 'one')).toEqual([several, false]);
    let wanted = 0;
    for (let call = 0; call < 12; call++) wanted = 2 * (wanted + 64) - 1;
    expect(total.dataSync()[0]).toBe(wanted);
    for (const step of [small, large]) step.dispose();
  });

  it.each([
    ['a number', () => tf.scalar(3)],
    ['a vector', () => tf.tensor1d([1, -0, Infinity, NaN])],
    ['six axes', () => tf.ones([1, 2, 1, 3, 1, 2])],
    ['nothing', () => tf.zeros([0, 3])],
    ['integers', () => tf.tensor1d([2 ** 31 - 1, -5], 'int32')],
    ['truth values', () => tf.tensor1d([true, false], 'bool')],
    ['complex numbers', () => tf.complex([1, 2], [3, 4])],
  ])(
    'assigns variables of %s as ops do: to a value, to each other, and to what a clone still holds',
    async (_, first) => {
      const [a, b, old] = [first(), first(), first()].map((value) => tf.variable(value)) as [
        tf.Variable,
        tf.Variable,
        tf.Variable,
      ];
      const next = (x: tf.Tensor): tf.Tensor => {
        if (x.dtype === 'bool') return tf.logicalNot(x);
        return x.dtype === 'complex64' ? tf.add(x, x) : tf.add(x, tf.ones([], x.dtype));
      };
      const work = ({ x }: { x: tf.Tensor2D }): tf.Tensor => {
        const before = tf.clone(a);
        a.assign(next(b));
        b.assign(before);
        old.assign(b);
        return tf.sum(tf.matMul(x, x));
      };
      const [few, many] = [tf.ones([4, 4]), tf.ones([512, 512])] as [tf.Tensor2D, tf.Tensor2D];
      const seen: unknown[][] = [];
      const ways = [
        [work, few],
        [captureStep(work).runSync, few],
        [captureStep(work).runSync, many],
      ] as const;
      for (const [run, x] of ways) {
        for (const variable of [a, b, old]) variable.assign(first());
        a.assign(tf.tidy(() => next(first())));
        const values: unknown[] = [];
        for (let call = 0; call < 4; call++) {
          const held = tf.clone(a);
          const heldBefore = [...held.dataSync()];
          run({ x });
          expect([...held.dataSync()]).toEqual(heldBefore);
          values.push([a, b, old].map((variable) => [...variable.dataSync()]));
        }
        seen.push(values);
      }
      expect(seen[1]).toEqual(seen[0]);
      expect(seen[2]).toEqual(seen[0]);
    },
  );

  it('leaves the number of threads to a user who has set it', () => {
    const program = `
      import { captureStep, openDevice } from '@cantrip/core-tensor-gpu';
      import * as tf from '@tensorflow/tfjs-core';
      await openDevice('tensorflow');
      const step = captureStep(({ x }) => tf.matMul(x, x));
      step.runSync({ x: tf.ones([8, 8]) });
      console.log(JSON.stringify(step.threads));`;
    const outputOf = (environment: Record<string, string>): string => {
      const args = ['--conditions=@cantrip/source', '--import', 'tsx', '--input-type=module', '-e', program];
      const { stdout, stderr } = spawnSync(process.execPath, args, {
        encoding: 'utf8',
        cwd: import.meta.dirname,
        env: { ...process.env, ...environment },
      });
      return stdout.trim() || stderr;
    };
    const all = (because: string): string => JSON.stringify({ inOp: 'all', because });
    expect(outputOf({ CANTRIP_STEP_THREADS: 'all' })).toBe(all('CANTRIP_STEP_THREADS is all'));
    expect(outputOf({ TF_NUM_INTRAOP_THREADS: '2' })).toBe(all('TF_NUM_INTRAOP_THREADS is 2'));
    expect(outputOf({ TF_OVERRIDE_GLOBAL_THREADPOOL: 'false' })).toBe(
      all('TF_OVERRIDE_GLOBAL_THREADPOOL is false'),
    );
    expect(outputOf({})).toContain(`"inOp":"${several ? 'one' : 'all'}"`);
  });
});
