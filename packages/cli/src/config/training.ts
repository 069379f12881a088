import type { Data, FitOptions, TrainerOptions } from '@cantrip/trainer';

/** A value, or a function that returns it. The function is called when the value is needed. */
export type Lazy<Value> = Value | (() => Value | Promise<Value>);

/** What `cantrip train` trains, and on what. */
export interface Training {
  /** The options of `createTrainer`. */
  readonly trainer: TrainerOptions;
  /** The training data, or a function that reads it. */
  readonly data: Lazy<Data>;
  /** The options of `trainer.fit`. `validation` may be a function that reads the data. */
  readonly fit: TrainingFit;
}

/** The options of `trainer.fit`, with data that is read when it is needed. */
export interface TrainingFit extends Omit<FitOptions, 'validation'> {
  readonly validation?: Lazy<NonNullable<FitOptions['validation']>>;
}
