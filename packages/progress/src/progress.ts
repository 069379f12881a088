import { epochLine } from '@cantrip/plugin-kit';
import type { HostContext, Plugin, State } from '@cantrip/trainer';
import { barText, type EpochProgress, lineText } from './bar-text.ts';
import { beginLine, type DrawnLine } from './drawn-line.ts';
import { type ProgressOptions, readProgressOptions } from './progress-options.ts';

/** The values of one run. */
interface Locals {
  line: DrawnLine | undefined;
  now: EpochProgress | undefined;
  /** When the epoch began, and the step of the epoch at which it did. */
  began: { time: number; done: number };
  examples: number;
  shown: number;
}

/** Milliseconds between two drawings. */
const refresh = 100;

/**
 * Plugin: shows a live bar for each epoch on a terminal, with loss, learning rate, examples a second and time left, and a line
 * with all figures after it. Where there is no terminal, it logs a line every 30 seconds.
 *
 * No step waits for it: the loss is that of a batch, and is read beside the next steps. The trainer then logs no epochs itself.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * createTrainer({ …, plugins: [progress({ label: 'fine-tuning' })] });
 * // fine-tuning, epoch 2/3  ████████░░░░░░░░  50% 234/468  loss 0.1234  3.1 s left  learning rate 0.05  9,500 examples/s
 * ```
 */
export function progress(options: ProgressOptions = {}): Plugin<State, void, Locals> {
  const { label, bar, secondsBetweenLines, stream } = readProgressOptions(options);
  type Context = HostContext<State, Locals>;
  const prefix = label === '' ? '' : `${label}, `;

  function show({ run, locals }: Pick<Context, 'run' | 'locals'>, atOnce = false): void {
    const { now, line } = locals;
    const time = performance.now();
    if (!now || (!atOnce && time - locals.shown < (line ? refresh : secondsBetweenLines * 1000))) return;
    locals.shown = time;
    if (line) line.draw(barText(now, stream?.columns ?? 80));
    else if (!atOnce) run.log(`[progress] ${lineText(now)}`);
  }

  const end = ({ locals }: { readonly locals: Locals }): void => {
    locals.line?.end();
    Object.assign(locals, { line: undefined, now: undefined });
  };

  return {
    name: 'progress',
    provides: ['progress'],
    setup() {
      const locals: Locals = {
        line: undefined,
        now: undefined,
        began: { time: 0, done: 0 },
        examples: 0,
        shown: 0,
      };
      return { locals, undo: () => end({ locals }) };
    },
    onEpochBegin(context) {
      const { locals, run, epoch, epochs, batch, stepsPerEpoch: steps } = context;
      const done = Math.ceil(batch / (run.optimizer.batchesPerStep ?? 1));
      const unknown = { loss: undefined, learningRate: undefined, examplesPerSecond: undefined };
      const time = performance.now();
      locals.now = {
        label,
        epoch: epoch + 1,
        epochs,
        done,
        steps,
        ...unknown,
        secondsLeft: undefined,
        validating: false,
      };
      Object.assign(locals, { began: { time, done }, examples: 0, shown: time });
      if (bar) locals.line ??= beginLine(stream!);
      show(context, true);
    },
    onStepEnd(context) {
      const { locals, learningRate, examples } = context;
      locals.examples += examples;
      const before = locals.now!;
      const time = performance.now();
      const seconds = (time - locals.began.time) / 1000;
      const done = before.done + 1;
      const left = (seconds / (done - locals.began.done)) * Math.max(0, before.steps - done);
      const speed = locals.examples / seconds;
      locals.now = { ...before, done, learningRate, examplesPerSecond: speed, secondsLeft: left };
      const period = locals.line ? refresh : secondsBetweenLines * 1000;
      if (time - locals.shown < period) return;
      show(context);
      // Not awaited. It is shown at the next drawing, or not at all if it can't be read.
      void context.loss().then(
        (loss) => void (locals.now && (locals.now = { ...locals.now, loss })),
        () => undefined,
      );
    },
    onEvaluateBegin(context) {
      const { locals, purpose } = context;
      if (purpose !== 'validation' || !locals.now) return;
      locals.now = { ...locals.now, validating: true };
      show(context, true);
    },
    onEpochEnd({ locals, run, epoch, epochs, logs }) {
      const { learningRate, examplesPerSecond } = locals.now ?? {};
      const seconds = (performance.now() - locals.began.time) / 1000;
      end({ locals });
      run.log(
        `[progress] ${prefix}${epochLine({ epoch, epochs, logs, learningRate, examplesPerSecond, seconds })}`,
      );
    },
    onTrainEnd: end,
    onError: end,
  };
}
