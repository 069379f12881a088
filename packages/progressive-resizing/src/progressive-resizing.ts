import { CantripError } from '@cantrip/errors';
import {
  type BoundFunction,
  exactSteps,
  functionInRun,
  type Horizon,
  type RunLength,
  plainSettings,
} from '@cantrip/plugin-kit';
import type { Plugin, Run } from '@cantrip/trainer';
import type * as tf from '@tensorflow/tfjs-core';
import { crop, placeAtRandom } from './crop-images.ts';
import { scaleAt, sideAt } from './progressive-size.ts';
import {
  type ProgressiveResizingOptions,
  type ReadProgressiveResizing,
  readProgressiveResizing,
  tooLong,
} from './progressive-resizing-options.ts';
import { requireImages, resizeImages } from './resize-images.ts';
import { type Resize, resizeTargets } from './resize-targets.ts';
import { declaredImages, trySmallest } from './try-smallest.ts';

interface ResizingState extends Record<string, unknown> {
  horizon?: Horizon | undefined;
}

interface ResizingLocals {
  /** The width of whole images. */
  readonly whole: number;
  /** The width of this step. */
  width: number;
}

const who = 'progressiveResizing';

/**
 * Plugin: trains on small images first, which is faster, and on whole images at the end.
 *
 * The width is `initialScale` of the whole one until `delay`, grows linearly in multiples of `sizeIncrement`, and is whole
 * for the last `finetune` of the run. The height follows in proportion. Validation sees whole images. With
 * `resizeTargets`, targets for every pixel follow. A captured step is recorded once for each size, and the schedule is
 * saved with the run.
 *
 * @throws CantripError OPTION_INVALID; MODEL_INVALID if the model needs images of one size; while training:
 *   SHAPE_MISMATCH if the inputs are not images, DTYPE_MISMATCH; SCHEDULE_HORIZON if the run gets another length
 * @example
 * ```ts
 * createTrainer({ …, plugins: [progressiveResizing({ initialScale: 0.5, delay: '50%', finetune: '20%' })] });
 * ```
 */
export function progressiveResizing(
  options: ProgressiveResizingOptions = {},
): Plugin<ResizingState, void, ResizingLocals> {
  const read = readProgressiveResizing(options);
  const { initialScale, sizeIncrement, mode, interpolation, newHorizon } = read;
  const plugin = { name: 'progressive-resizing', settings: plainSettings({ ...read }) };
  if (initialScale === 1) return plugin;
  const scale = Object.assign((step: number): number => step, {
    forRun: (run: RunLength) => scaleIn(run, read),
  });
  const { settle, valueAt } = functionInRun(who, scale, { newHorizon });

  return {
    ...plugin,
    state: () => ({}),
    setup(run) {
      const whole = wholeWidth(run, read);
      tryModel(run, read, whole);
      return { locals: { whole, width: whole } };
    },
    onTrainBegin: (now) => void (now.state.horizon = settle(now, now.state.horizon)),
    onStepBegin(now) {
      const { state, locals } = now;
      locals.width = sideAt(valueAt(now, state.horizon!), { side: locals.whole, sizeIncrement });
    },
    structure: ({ locals }) => `${locals.width} of ${locals.whole}`,
    transformBatch(batch, { locals, random }) {
      const images = batch.inputs as tf.Tensor;
      requireImages(who, images);
      if (locals.width === locals.whole) return batch;
      const size = sizeOf(images.shape as [number, number, number, number], locals);
      const place = mode === 'crop' ? placeAtRandom(random('progressive-resizing')) : undefined;
      const smaller =
        (kind: 'bilinear' | 'nearest'): Resize =>
        (one) =>
          place ? crop(one, size, place) : resizeImages(one, { ...size, interpolation: kind });
      const inputs = smaller(interpolation)(images);
      return read.resizeTargets
        ? { ...batch, ...resizeTargets(batch, smaller('nearest')), inputs }
        : { ...batch, inputs };
    },
  };
}

/** Sides in proportion to the width, rounded down, as PyTorch's `interpolate` does with a scale. */
function sizeOf(
  [, height, width]: readonly [number, number, number, number],
  { width: now, whole }: Readonly<Record<'width' | 'whole', number>>,
): { readonly height: number; readonly width: number } {
  const side = (one: number): number => Math.max(1, Math.floor((one * now) / whole + 1e-9));
  return { height: side(height), width: side(width) };
}

/**
 * The scale at each step of a run.
 *
 * @throws CantripError OPTION_INVALID
 */
function scaleIn(run: RunLength, read: ReadProgressiveResizing): BoundFunction {
  const { totalSteps } = run;
  const [delay, finetune] = [exactSteps(who, read.delay, run), exactSteps(who, read.finetune, run)];
  if (delay + finetune > totalSteps * (1 + 1e-9))
    throw tooLong(`${delay} and ${finetune} steps of ${totalSteps}`);
  const ramp = {
    initialScale: read.initialScale,
    delay: delay / totalSteps,
    finetune: finetune / totalSteps,
  };
  return Object.assign((step: number) => scaleAt(Math.min(1, step / totalSteps), ramp), { steps: Infinity });
}

function wholeWidth(run: Run, { width }: ReadProgressiveResizing): number {
  const declared = declaredImages(run)?.[2] ?? undefined;
  const whole = width ?? declared;
  if (whole !== undefined && (declared === undefined || declared === whole)) return whole;
  throw new CantripError('OPTION_INVALID', {
    who,
    what:
      whole === undefined
        ? 'width must be given, because the model does not declare the width of its images'
        : `width must be that of the model's images, which is ${declared}, got ${whole}`,
    fix: whole === undefined ? 'Set width to the width of the whole images' : 'Remove width',
  });
}

function tryModel(run: Run, read: ReadProgressiveResizing, whole: number): void {
  const [, height, , channels] = declaredImages(run) ?? [];
  if (!channels) return;
  const { initialScale, sizeIncrement } = read;
  const least = sideAt(initialScale, { side: whole, sizeIncrement });
  const images = [1, height ?? whole, whole, channels] as const;
  trySmallest(
    run,
    { ...sizeOf(images, { width: least, whole }), channels },
    read.resizeTargets ? images : undefined,
  );
}
