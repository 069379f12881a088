import { namesNotPlaces } from '../rules/names-not-places.ts';
import { otherSeed, sameSeedSameBits } from '../rules/draws-by-seed.ts';
import { hasAnEffect, identityChangesNothing } from '../rules/effects.ts';
import { evaluationChangesNothing, evaluationThatFails, savesOwnWeights } from '../rules/evaluates.ts';
import { hasItsName } from '../rules/has-its-name.ts';
import { disposesAll, keepsMemory } from '../rules/leaves-nothing.ts';
import { anyPlaceInList } from '../rules/list-positions.ts';
import { pureSchedules } from '../rules/pure-schedules.ts';
import { refuses } from '../rules/refuses.ts';
import { restoresModel } from '../rules/restores-model.ts';
import { namesInAnyOrder, restoresInPlace, resumes, resumesAccumulating } from '../rules/resumes.ts';
import { sameCaptured, sameCapturedAccumulating, sameOnEachDevice } from '../rules/same-everywhere.ts';
import { interleaved, oneAfterAnother } from '../rules/two-trainers.ts';
import { updatesOnce } from '../rules/updates-once.ts';
import type { Rule } from '../bench/rule.ts';

/** Every rule, in the order of the tests. */
export const rules: readonly Rule[] = [
  hasItsName,
  hasAnEffect,
  identityChangesNothing,
  sameOnEachDevice,
  sameCaptured,
  sameCapturedAccumulating,
  sameSeedSameBits,
  otherSeed,
  resumes,
  restoresInPlace,
  resumesAccumulating,
  namesInAnyOrder,
  updatesOnce,
  evaluationChangesNothing,
  evaluationThatFails,
  savesOwnWeights,
  oneAfterAnother,
  interleaved,
  pureSchedules,
  anyPlaceInList,
  namesNotPlaces,
  keepsMemory,
  disposesAll,
  restoresModel,
  refuses,
];
