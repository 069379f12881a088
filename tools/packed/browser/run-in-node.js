// Runs one of the programs in Node and prints what it gives: the module, and the backend where it asks for one.
const [module, backend] = process.argv.slice(2);
const { run } = await import(module);
if (backend) await import(`@tensorflow/tfjs-backend-${backend}`);
console.log(`RESULT ${JSON.stringify(await run(backend))}`);
process.exit(0);
