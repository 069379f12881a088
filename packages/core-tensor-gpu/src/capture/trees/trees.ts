/** Values in objects and arrays, nested to any depth. */
export type Tree<Leaf> = Leaf | readonly Tree<Leaf>[] | { readonly [key: string]: Tree<Leaf> };

/** The leaves of a tree, in the order of its keys. */
export function leavesOf<Leaf>(tree: Tree<Leaf>, isLeaf: (value: unknown) => value is Leaf): Leaf[] {
  if (isLeaf(tree)) return [tree];
  return Object.values(tree as object).flatMap((branch) => leavesOf(branch as Tree<Leaf>, isLeaf));
}

/** Whether a key needs no quotes in a path. Other keys are quoted, so that each leaf has its own path. */
const isWord = (key: string): boolean => /^[\w$-]*$/.test(key);

/** A tree of the same form, with other leaves. */
export function mapLeaves<Leaf, Result>(
  tree: Tree<Leaf>,
  isLeaf: (value: unknown) => value is Leaf,
  change: (leaf: Leaf, path: string) => Result,
  path = '',
): Tree<Result> {
  if (isLeaf(tree)) return change(tree, path);
  const isArray = Array.isArray(tree);
  const entries = Object.entries(tree as object).map(([key, branch]) => {
    const at = isArray ? `[${key}]` : `.${isWord(key) ? key : JSON.stringify(key)}`;
    return [key, mapLeaves(branch as Tree<Leaf>, isLeaf, change, path + at)] as const;
  });
  return isArray ? entries.map(([, value]) => value) : Object.fromEntries(entries);
}
