import { figureOf } from '@cantrip/plugin-kit';
import { expect, it } from 'vitest';

it('is the figure of the name', () => {
  expect(figureOf('sam', 'monitor', { loss: 0.5, accuracy: Number.NaN }, 'accuracy')).toBeNaN();
});

it('names the option, the plugin and the figures there are, if it is missing', () => {
  expect(() => figureOf('sam', 'best.metric', { loss: 0.5, accuracy: 1 }, 'val_loss')).toThrow(
    "[sam] best.metric must be a figure of the logs, got 'val_loss'. The logs hold loss, accuracy. For validation figures, call fit(…, { validation }). (OPTION_INVALID)",
  );
});
