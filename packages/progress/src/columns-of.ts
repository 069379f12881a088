import stringWidth from 'string-width';

/** The columns of a terminal that a text fills: most characters fill one, those of Chinese and emoji two. */
export const columnsOf = (text: string): number => stringWidth(text);

const characters = new Intl.Segmenter();

/** The beginning of a text that fills fewer than this many columns. */
export function cutTo(text: string, columns: number): string {
  if (columnsOf(text) < columns) return text;
  let cut = '';
  let width = 0;
  for (const { segment } of characters.segment(text)) {
    width += columnsOf(segment);
    if (width >= columns) break;
    cut += segment;
  }
  return cut;
}
