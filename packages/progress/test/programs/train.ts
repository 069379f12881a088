// Trains slowly, with the bar as it is without options. Its first word says what happens at step 2.
import { progress } from '@cantrip/progress';
import { tinyData, tinyTrainer } from '@cantrip/testing';
import type { AnyPlugin } from '@cantrip/trainer';

const atStep2 = process.argv[2];

// Later than all listeners: a signal that comes while they are called and stop listening is lost.
if (atStep2 === 'hang') process.once('SIGINT', () => setImmediate(() => console.log('heard')));

const slow: AnyPlugin = {
  name: 'slow',
  async onStepEnd({ step }) {
    if (step === 2 && atStep2 === 'exit') process.exit(3);
    if (step === 2 && atStep2 === 'throw')
      setTimeout(() => {
        throw new Error('nobody catches this');
      }, 0);
    if (step === 2 && atStep2 === 'hang') console.log('hangs');
    await new Promise((resolve) => setTimeout(resolve, step === 2 && atStep2 === 'hang' ? 60_000 : 120));
  },
};
const trainer = tinyTrainer([progress(), slow], {
  device: 'cpu',
  handleInterrupt: atStep2 !== 'unhandled',
  log: (line) => void console.log(line),
});
const { stopped } = await trainer.fit(tinyData(), { epochs: 3, validation: tinyData() });
console.log(`stopped: ${stopped}`);
trainer.dispose();
