/** A column of a table: its title, and whether its cells are numbers, which stand to the right. */
export type Column = readonly [title: string, align: 'left' | 'right'];

/**
 * Rows of text as lines with columns of equal width, with a rule under the titles. Null as a row is a rule.
 */
export function textTable(columns: readonly Column[], rows: readonly (readonly string[] | null)[]): string {
  const cells = [columns.map(([title]) => title), ...rows.filter((row) => row !== null)];
  const widths = columns.map((_, i) => Math.max(...cells.map((row) => [...row[i]!].length)));
  const rule = widths.map((width) => '─'.repeat(width)).join('──');
  const line = (row: readonly string[]): string => {
    const padded = row.map((cell, i) => {
      const space = ' '.repeat(widths[i]! - [...cell].length);
      return columns[i]![1] === 'right' ? space + cell : cell + space;
    });
    return padded.join('  ').trimEnd();
  };
  return [line(cells[0]!), rule, ...rows.map((row) => (row === null ? rule : line(row)))].join('\n');
}
