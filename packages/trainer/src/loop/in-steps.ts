/**
 * Groups the batches of an epoch, one group for each step. The last group holds the rest and may be smaller.
 *
 * @param spent - called with each batch once the caller is done with its group, or will not receive it
 */
export async function* inSteps<T>(
  batches: AsyncIterable<T>,
  batchesPerStep: number,
  spent: (batch: T) => void,
): AsyncGenerator<readonly T[]> {
  const group: T[] = [];
  const release = (): void => group.splice(0).forEach(spent);
  try {
    for await (const batch of batches) {
      group.push(batch);
      if (group.length < batchesPerStep) continue;
      yield group;
      release();
    }
    if (group.length > 0) yield group;
  } finally {
    release();
  }
}
