/** The name under which a package is published. `npm create cantrip` runs the package create-cantrip, which has no scope. */
export const publishedName = (folder: string): string =>
  folder.startsWith('create-') ? folder : `@cantrip/${folder}`;
