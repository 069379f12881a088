// Starts worker.ts where nothing has been built, as in this repository's tests. The built package has worker.js.
import { register } from 'tsx/esm/api';

register();
await import('./worker.ts');
