// What an author of a trick writes, in the test runner of Node; the second trick is broken, and must be found.
import { describe, it } from 'node:test';
import { testTrick } from '@cantrip/testing';

const create = () => ({ name: 'half-rate', scheduleLearningRate: (/** @type {number} */ rate) => rate / 2 });
const broken = () => {
  let calls = 0;
  return { name: 'count', scheduleLearningRate: (/** @type {number} */ rate) => rate / (1 + calls++) };
};
const isBroken = process.argv[2] === 'broken';
const trick = isBroken ? { name: 'count', create: broken } : { name: 'half-rate', create };
testTrick({ ...trick, devices: ['wasm'] }, { describe, it });
