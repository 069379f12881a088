import { epochLine, validationLine } from '@cantrip/plugin-kit';
import type { HostContext, Plugin, State } from '@cantrip/trainer';
import { barText, type EpochProgress, lineText } from './bar-text.ts';
import { beginLine, type DrawnLine } from './drawn-line.ts';
import { type ProgressOptions, readProgressOptions } from './progress-options.ts';
import { createTimes, type Times } from './times.ts';

/** The values of one run. */
interface Locals {
  line: DrawnLine | undefined;
  now: EpochProgress | undefined;
  times: Times;
  shown: number;
}

/** Milliseconds between two drawings. */
const refresh = 100;

/**
 * Plugin: shows a live bar for each epoch on a terminal, with loss, metrics, learning rate, examples a second and time left, and a
 * line with all figures after it. Where there is no terminal, it logs a line every 30 seconds.
 *
 * No step waits for it: the figures are the means over the epoch so far, and are read beside the next steps. The trainer then logs
 * no epochs itself.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * createTrainer({ …, plugins: [progress({ label: 'fine-tuning' })] });
 * // fine-tuning, epoch 2/3  ████████░░░░░░░░  50% 234/468  loss 0.1234  3.1 s left  accuracy 0.95  learning rate 0.05
 * ```
 */
export function progress(options: ProgressOptions = {}): Plugin<State, void, Locals> {
  const { label, bar, secondsBetweenLines, stream } = readProgressOptions(options);
  type Context = Pick<HostContext<State, Locals>, 'run' | 'locals'>;
  const prefix = label === '' ? '' : `${label}, `;

  const isDue = ({ line, shown }: Locals): boolean =>
    performance.now() - shown >= (line ? refresh : secondsBetweenLines * 1000);

  function show({ run, locals }: Context): void {
    const { now, line } = locals;
    if (!now) return;
    locals.shown = performance.now();
    if (line) line.draw();
    else run.log(`[progress] ${lineText(now)}`);
  }

  const end = ({ locals }: Pick<Context, 'locals'>): void => {
    locals.line?.end();
    Object.assign(locals, { line: undefined, now: undefined });
  };

  return {
    name: 'progress',
    provides: ['progress'],
    setup() {
      const locals: Locals = { line: undefined, now: undefined, times: createTimes(0), shown: 0 };
      return { locals, undo: () => end({ locals }) };
    },
    onEpochBegin(context) {
      const { locals, run, epoch, epochs, batch, step, stepsPerEpoch, totalSteps } = context;
      const done = Math.ceil(batch / (run.optimizer.batchesPerStep ?? 1));
      // A run of so many steps may end within an epoch. A schedule may follow another length, which can be over already.
      const left = totalSteps > step ? totalSteps - step : Infinity;
      const steps = Math.min(stepsPerEpoch, done + left);
      locals.now = {
        ...{ label, epoch: epoch + 1, epochs, done, steps, logs: {} },
        ...{ learningRate: undefined, examplesPerSecond: undefined, secondsLeft: undefined },
        validating: undefined,
      };
      locals.times = createTimes(done);
      locals.shown = performance.now();
      if (!bar) return;
      locals.line ??= beginLine(stream!, (columns) => (locals.now ? barText(locals.now, columns) : ''));
      locals.line?.draw();
    },
    onStepEnd(context) {
      const { locals, epoch, learningRate, examples, recording } = context;
      const before = locals.now!;
      const done = before.done + 1;
      const times = locals.times.stepped(done, { examples, untypical: recording?.milliseconds ?? 0 });
      const secondsLeft = times.secondsOfStep * Math.max(0, before.steps - done);
      const { examplesPerSecond } = times;
      locals.now = { ...before, done, learningRate, examplesPerSecond, secondsLeft };
      if (!isDue(locals)) return;
      locals.shown = performance.now();
      // Not awaited. If the figures can't be read, those before stay.
      void context
        .figures()
        .catch(() => undefined)
        .then((logs) => {
          // A slow device may answer after the end of the epoch.
          if (locals.now?.epoch !== epoch + 1) return;
          if (logs) locals.now = { ...locals.now, logs };
          show(context);
        });
    },
    onEvaluateBegin({ locals, purpose }) {
      if (locals.now && purpose === 'validation') locals.times.pause();
    },
    onEvaluateBatch(context) {
      const { locals, purpose, prefix: figures, batch, batches } = context;
      if (!locals.now || purpose !== 'validation') return;
      const isFirst = locals.now.validating === undefined;
      const name = figures.replace(/^validation_/, '').replace(/_$/, '');
      locals.now = { ...locals.now, validating: { name, done: batch, batches } };
      if (isDue(locals) || (isFirst && locals.line)) show(context);
    },
    onEvaluateEnd({ locals, purpose }) {
      if (!locals.now || purpose !== 'validation') return;
      locals.times.goOn();
      locals.now = { ...locals.now, validating: undefined };
    },
    onValidated({ locals, run, step, logs }) {
      run.log(`[progress] ${prefix}${validationLine({ step, logs })}`);
      locals.line?.draw();
    },
    onEpochEnd({ locals, run, epoch, epochs, logs }) {
      const { learningRate, examplesPerSecond } = locals.now ?? {};
      const seconds = locals.times.seconds();
      end({ locals });
      run.log(
        `[progress] ${prefix}${epochLine({ epoch, epochs, logs, learningRate, examplesPerSecond, seconds })}`,
      );
    },
    onTrainEnd: end,
    onError: end,
  };
}
