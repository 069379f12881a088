import * as schedules from '@cantrip/lr-schedules';

import { either, integer, number, optional, type OptionRules, type Rule } from '../../rules.ts';

export const rate: Rule = number({ min: 0 });
export const positive: Rule = number({ above: 0 });
export const length: Rule = either(
  integer({ min: 0 }),
  (value) =>
    typeof value === 'string' &&
    /^\d+(\.\d+)?(ep|%)$/.test(value) &&
    (value.endsWith('ep') || parseFloat(value) <= 100),
);
export const period: Rule = (value) =>
  length(value) && value !== 0 && !/^0(\.0+)?(ep|%)$/.test(String(value));
export const steps: OptionRules = { steps: optional(length) };
export const whole: Rule = integer({ min: 1 });
export const value: Rule = (given: unknown): boolean => typeof given === 'number';
export const linear = (): schedules.BindableSchedule => schedules.linear({ endValue: 0.1, steps: 10 });
