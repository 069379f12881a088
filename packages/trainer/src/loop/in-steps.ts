/**
 * The batches of an epoch in groups, one for each step: full ones, and a last one of what is left.
 *
 * @param spent - is told of each batch when the caller is done with its group, or will not get it
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
