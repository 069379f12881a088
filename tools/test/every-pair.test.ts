import { testTogether } from '@cantrip/testing';
import { describe, it } from 'vitest';
import { allTricks } from '../combinations/all-tricks.ts';
import { residualModel } from '../combinations/residual-model.ts';

testTogether(await allTricks(), { describe, it }, { model: residualModel });
