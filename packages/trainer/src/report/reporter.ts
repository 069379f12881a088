import { epochLine, validationLine } from '@cantrip/plugin-kit';
import type { Logs } from '../contract/contexts.ts';
import { showsEpochs } from '../contract/plugin-id.ts';
import type { Position } from '../contract/position.ts';
import type { CheckedOptions } from '../options/trainer-options.ts';

/** Logs how a run goes: where it goes on, its epochs, and why it ended early. The loop tells it what happens. */
export interface Reporter {
  /** A `fit` begins that trains up to this number of epochs. */
  begins(epochs: number): void;
  epochBegins(): void;
  /** A step was trained with this learning rate. */
  stepped(learningRate: number): void;
  /** All batches of the epoch were trained. Validation comes next. */
  trained(): void;
  /** There was a validation within the epoch. */
  validated(logs: Logs): void;
  /** The epoch is counted. */
  epochEnds(logs: Logs): void;
  /** The `fit` ended early. */
  ends(reason: string): void;
  /** The `fit` is over, however it ended. */
  leaves(): void;
}

/**
 * Creates the reporter of a run.
 *
 * @param position - where the run is, now and later
 */
export function createReporter(
  { reporter, plugins, log }: Pick<CheckedOptions, 'reporter' | 'plugins' | 'log'>,
  position: Readonly<Position>,
): Reporter {
  if (!reporter) return silent;
  const logsEpochs = !plugins.some(({ provides }) => provides?.includes(showsEpochs));
  const say = (line: string): void => log(`[trainer] ${line}`);
  let epochs = 0;
  let learningRate: number | undefined;
  /** Up to where this reporter has seen the run. */
  let seen = 0;
  let began = { time: 0, examples: 0 };
  let training = { seconds: 0, examples: 0 };
  return {
    begins(until) {
      epochs = until;
      if (position.step !== seen) say(`goes on ${placeOf(position, epochs)}.`);
    },
    epochBegins() {
      learningRate = undefined;
      began = { time: performance.now(), examples: position.examples };
    },
    stepped: (rate) => void (learningRate = rate),
    trained() {
      const seconds = (performance.now() - began.time) / 1000;
      training = { seconds, examples: position.examples - began.examples };
    },
    validated(logs) {
      if (logsEpochs) say(validationLine({ step: position.step, logs }));
    },
    epochEnds(logs) {
      if (!logsEpochs) return;
      const { epoch } = position;
      const seconds = (performance.now() - began.time) / 1000;
      const examplesPerSecond = training.examples / training.seconds;
      say(epochLine({ epoch, epochs, logs, learningRate, examplesPerSecond, seconds }));
    },
    ends: (reason) => say(`ended ${placeOf(position, epochs)}: ${reason.replace(/\.$/, '')}.`),
    leaves: () => void (seen = position.step),
  };
}

const nothing = (): void => undefined;
const silent: Reporter = {
  begins: nothing,
  epochBegins: nothing,
  stepped: nothing,
  trained: nothing,
  validated: nothing,
  epochEnds: nothing,
  ends: nothing,
  leaves: nothing,
};

/** Where a run is, e.g. `after 40 batches of epoch 4/10, step 1,444`. */
function placeOf({ epoch, batch, step }: Readonly<Position>, epochs: number): string {
  if (step === 0) return 'before the first step';
  const batches = `${batch} ${batch === 1 ? 'batch' : 'batches'} of epoch ${epoch + 1}/${epochs}`;
  return `after ${batch > 0 ? batches : `epoch ${epoch}/${epochs}`}, step ${step.toLocaleString('en')}`;
}
