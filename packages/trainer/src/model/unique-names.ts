/**
 * Makes names unique with numbers, as `tf.keras` numbers several outputs of a layer: `shared`, `shared_1`,
 * `shared_2`.
 */
export function uniqueNames(names: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  const counts = new Map<string, number>();
  return names.map((name) => {
    let proposal = name;
    while (taken.has(proposal)) {
      const count = counts.get(name) ?? 1;
      counts.set(name, count + 1);
      proposal = `${name}_${count}`;
    }
    taken.add(proposal);
    return proposal;
  });
}
