// The program of a child process: trains one run and tells the parent. A process of its own for each, because what
// TensorFlow has read from its environment cannot be changed afterwards, and the environment is some tricks' all.

import { isCantripError } from '@cantrip/errors';
import { loadExperiment } from './run/load-experiment.ts';
import { type JobOrder, runJob } from './run/run-job.ts';
import type { WorkerMessage } from './run/train-in-child.ts';

const [url = '', order = ''] = process.argv.slice(2);

// A parent that was killed can stop nobody; it may have been while this program was loading.
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
