/**
 * Puts generated text between its markers, `<!-- generated: NAME -->` and `<!-- end of generated text -->`. Each stands on
 * a line of its own or, to save lines, at the end of one; both in one line hold a sentence.
 *
 * @returns the filled text, or undefined when it has no markers
 */
export function fillMarkers(text: string, parts: Readonly<Record<string, string>>): string | undefined {
  const between = /(<!-- generated: ([\w.-]+) -->)(\n?)[\s\S]*?(\n?)(<!-- end of generated text -->)/g;
  if (!between.test(text)) return undefined;
  return text.replace(
    between,
    (whole, begin: string, name: string, below: string, above: string, end: string) => {
      const part = parts[name];
      if (part === undefined) return whole;
      const after = above === '' ? `${part.trimEnd()}${below && ' '}` : `${part}\n`;
      return `${begin}${below && '\n\n'}${after}${end}`;
    },
  );
}
