export { lookahead, type LookaheadApi, type LookaheadLocals, type LookaheadOptions } from './lookahead.ts';
export { stepBack } from './step-back.ts';
