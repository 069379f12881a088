/**
 * `npm run generate`: rewrites docs/errors.md, the page of the benchmark and every list between `<!-- generated: … -->`
 * markers.
 */
import { writeGenerated } from './generate/write-generated.ts';

writeGenerated();
