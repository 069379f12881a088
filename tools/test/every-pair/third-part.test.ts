import { testPartOfPairs } from '../../combinations/test-part-of-pairs.ts';

await testPartOfPairs(2);
