import { eventRecord } from '../records/event.ts';
import type { Message } from '../records/message.ts';
import type { Histogram } from '../summaries/histogram.ts';
import {
  type Hyperparameters,
  sessionEnd,
  sessionStart,
  type sessionStatus,
} from '../summaries/hyperparameters.ts';
import type { Picture } from '../summaries/picture.ts';
import { histogramValue, imageValue, scalarValue, textValue } from '../summaries/summary-value.ts';
import { type AppendOnly, appendOnly, type AppendOptions } from './append-only.ts';

/** Writes events to a folder. Nothing here checks what users pass. */
export interface EventStream extends Pick<AppendOnly, 'idle' | 'close'> {
  /** Several scalars of one step, by tag. */
  scalars(values: Readonly<Record<string, number>>, step: number): void;
  histogram(tag: string, histogram: Histogram, step: number): void;
  image(tag: string, picture: Picture, step: number): void;
  text(tag: string, text: string, step: number): void;
  begin(settings: Hyperparameters): void;
  end(status: keyof typeof sessionStatus): void;
}

export interface StreamOptions extends Pick<AppendOptions, 'ending' | 'failed'> {
  /** Events of earlier files at this step or later are no longer drawn. */
  readonly purgeStep?: number | undefined;
}

/** Begins a new event file in a folder, at the first event. */
export function eventStream(folder: string, { purgeStep, ...options }: StreamOptions): EventStream {
  const first = purgeStep === undefined ? [] : [eventRecord(purgeStep, { sessionStart: true })];
  const { add, idle, close } = appendOnly(folder, { first, ...options });
  const summary = (step: number, ...values: readonly Message[]): void =>
    add(eventRecord(step, { summary: values }));
  return {
    idle,
    close,
    scalars: (values, step) =>
      summary(step, ...Object.entries(values).map(([tag, value]) => scalarValue(tag, value))),
    histogram: (tag, histogram, step) => summary(step, histogramValue(tag, histogram)),
    image: (tag, picture, step) => summary(step, imageValue(tag, picture)),
    text: (tag, text, step) => summary(step, textValue(tag, text)),
    begin: (settings) => summary(0, sessionStart(settings)),
    end: (status) => summary(0, sessionEnd(status)),
  };
}
