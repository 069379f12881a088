/**
 * Puts generated text between its markers, `<!-- generated: NAME -->` and `<!-- end of generated text -->`.
 *
 * @returns the filled text, or undefined when it has no markers
 */
export function fillMarkers(text: string, parts: Readonly<Record<string, string>>): string | undefined {
  const between = /(<!-- generated: ([\w-]+) -->\n)[\s\S]*?(<!-- end of generated text -->)/g;
  if (!between.test(text)) return undefined;
  return text.replace(between, (whole, begin: string, name: string, end: string) => {
    const part = parts[name];
    return part === undefined ? whole : `${begin}\n${part}\n${end}`;
  });
}
