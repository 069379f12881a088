import { describe, expect, it } from 'vitest';
import { type Alternative, defaults, inWords, singleChanges } from '../../src/measure/alternative.ts';
import { race, type RaceOptions, type Timing } from '../../src/measure/race.ts';

const oneDnn: Alternative = { environment: { TF_ENABLE_ONEDNN_OPTS: '1' } };
const oneThread: Alternative = { environment: { TF_NUM_INTRAOP_THREADS: '1' } };
const xla: Alternative = { environment: {}, compile: 'xla' };

/** Times by words; the whole machine gets slower from call to call. */
function clock(times: Readonly<Record<string, number | string>>): RaceOptions & {
  readonly calls: string[];
  readonly messages: string[];
} {
  const calls: string[] = [];
  const messages: string[] = [];
  return {
    calls,
    messages,
    rounds: 3,
    time: (alternative) => {
      const words = inWords(alternative);
      calls.push(words);
      const time = times[words]!;
      const drift = 1 + calls.length / 500;
      const timing: Timing = typeof time === 'string' ? { failure: time } : { milliseconds: time * drift };
      return Promise.resolve(timing);
    },
    isOver: () => false,
    log: (message) => void messages.push(message),
  };
}

const usual = inWords(defaults);

describe('a race', () => {
  it('is won by the defaults where no change gains', async () => {
    const times = { [usual]: 10, [inWords(oneDnn)]: 10, [inWords(xla)]: 11 };
    expect(await race([oneDnn, xla], clock(times))).toMatchObject({
      alternative: defaults,
      ratio: 1,
      ways: 3,
    });
  });

  it('is won by the change that gains, as a ratio within rounds, while the machine slows down', async () => {
    const times = { [usual]: 10, [inWords(oneDnn)]: 9.8, [inWords(oneThread)]: 7, [inWords(xla)]: 11 };
    const winner = await race([oneDnn, oneThread, xla], clock(times));
    expect(winner).toMatchObject({ alternative: oneThread, ways: 4 });
    expect(winner!.ratio).toBeCloseTo(0.7, 1);
  });

  it('tries the gains together, and takes them if that is faster still', async () => {
    const both = 'TF_ENABLE_ONEDNN_OPTS=1 TF_NUM_INTRAOP_THREADS=1';
    const apart = { [usual]: 10, [inWords(oneDnn)]: 9, [inWords(oneThread)]: 8 };
    const options = { environment: { ...oneDnn.environment, ...oneThread.environment } };
    const winner = await race([oneDnn, oneThread], clock({ ...apart, [both]: 6 }));
    expect(winner).toMatchObject({ alternative: options, ways: 4 });
    expect(winner!.ratio).toBeCloseTo(0.6, 1);
    expect(await race([oneDnn, oneThread], clock({ ...apart, [both]: 9 }))).toMatchObject({
      alternative: oneThread,
    });
  });

  it('leaves out what fails, with its reason, and what is far behind after a round', async () => {
    const options = clock({ [usual]: 10, [inWords(oneDnn)]: 'no such op', [inWords(xla)]: 50 });
    expect(await race([oneDnn, xla], options)).toMatchObject({ alternative: defaults, ways: 2 });
    expect(options.messages).toEqual([
      '[cudnn-tuner] does not use TF_ENABLE_ONEDNN_OPTS=1, because it failed: no such op',
    ]);
    expect(options.calls.filter((words) => words !== usual)).toHaveLength(2);
  });

  it('has no result where the time is up before anything could be compared', async () => {
    let calls = 0;
    const options = { ...clock({ [usual]: 10 }), isOver: () => calls++ > 0 };
    expect(await race([oneDnn], options)).toBeUndefined();
    expect(await race([oneDnn], clock({ [usual]: 'no memory', [inWords(oneDnn)]: 9 }))).toBeUndefined();
  });
});

describe('what is tried', () => {
  const settings = { oneDnn: true, intraOpThreads: 4, interOpThreads: 4 };

  it('on a processor is fewer threads, oneDNN the other way and XLA', () => {
    const ground = { device: 'tensorflow', settings, fixed: [], mayCompile: true } as const;
    expect(singleChanges(ground).map(inWords)).toEqual([
      'TF_NUM_INTRAOP_THREADS=1',
      'TF_NUM_INTRAOP_THREADS=2',
      'TF_NUM_INTEROP_THREADS=1',
      'TF_ENABLE_ONEDNN_OPTS=0',
      'XLA',
    ]);
  });

  it('leaves alone what somebody has set', () => {
    const fixed = ['TF_NUM_INTRAOP_THREADS', 'TF_ENABLE_ONEDNN_OPTS'];
    const ground = { device: 'tensorflow', settings, fixed, mayCompile: false } as const;
    expect(singleChanges(ground).map(inWords)).toEqual(['TF_NUM_INTEROP_THREADS=1']);
  });

  it("on a GPU is whether cuDNN's algorithms are measured", () => {
    const ground = { device: 'cuda', settings, fixed: [], mayCompile: true } as const;
    expect(singleChanges(ground).map(inWords)).toEqual(['TF_CUDNN_USE_AUTOTUNE=0', 'XLA']);
  });
});
