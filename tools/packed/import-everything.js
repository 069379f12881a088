// Imports every entry of every package named on the command line; each must export something.
for (const entry of process.argv.slice(2)) {
  const names = Object.keys(await import(entry));
  if (names.length === 0) throw new Error(`${entry} exports nothing`);
  console.log(`${entry}: ${names.length} exports`);
}
