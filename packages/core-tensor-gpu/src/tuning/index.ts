export { hashOf } from './hash-of.ts';
export type { ChoiceKey, LibraryFile, StoredChoice } from './stored-choice.ts';
export {
  findChoice,
  forgetLast,
  lastChoice,
  libraryFile,
  rememberLast,
  storeChoice,
  storedChoices,
  type StoredFile,
  tuningFolder,
} from './tuning-store.ts';
