/** Gives each heading and chart of a page an id of its own. */
export function identifiers(): (title: string) => string {
  const counts = new Map<string, number>();
  return (title) => {
    const word =
      title
        .toLowerCase()
        .replaceAll(/[^a-z0-9]+/g, '-')
        .replaceAll(/^-|-$/g, '') || 'part';
    const count = (counts.get(word) ?? 0) + 1;
    counts.set(word, count);
    return `${word}-${count}`;
  };
}
