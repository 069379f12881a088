// The program of a child process: it trains one run and reports to the parent. Each run needs its own process,
// because TensorFlow reads its environment only once, and some tricks consist only of environment variables.

import { isCantripError } from '@cantrip/errors';
import { loadExperiment } from './run/load-experiment.ts';
import { type JobOrder, runJob } from './run/run-job.ts';
import type { WorkerMessage } from './run/train-in-child.ts';

const [url = '', order = ''] = process.argv.slice(2);

// A killed parent cannot stop its children. It may have been killed while this program was loading.
process.on('disconnect', () => process.exit(1));
if (process.connected === false) process.exit(1);

tell(await answer(), () => process.exit(0));

async function answer(): Promise<WorkerMessage> {
  try {
    const experiment = await loadExperiment(url);
    const record = await runJob(experiment, JSON.parse(order) as JobOrder, (progress) => tell({ progress }));
    return { record };
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const isCantrip = isCantripError(error);
    return { failure: isCantrip ? error.message : text, isCantrip };
  }
}

function tell(message: WorkerMessage, then?: () => void): void {
  process.send?.(message, undefined, undefined, then);
}
