import { io } from '@tensorflow/tfjs-core';
import { pathOfModel } from './path-of-model.ts';
import { readModelFiles } from './read-model-files.ts';
import { writeModelFiles } from './write-model-files.ts';

type Router = Parameters<typeof io.registerLoadRouter>[0];

const SCHEME = 'file://';

let users = 0;
let registered = false;

/**
 * Makes TensorFlow.js's own `model.save('file://…')` and `loadLayersModel('file://…')` work in Node on every device. Files
 * are written and checked as by {@link exportModel} and {@link loadModel}.
 *
 * @returns a function that ends it
 * @throws CantripError from saving and loading: WEIGHTS_FILE
 * @example
 * ```ts
 * const undo = useFileUrls();
 * await model.save('file://models/digits');
 * const again = await loadLayersModel('file://models/digits/model.json');
 * undo();
 * ```
 */
export function useFileUrls(): () => void {
  if (!registered) {
    // TensorFlow.js cannot remove a router, so this one says that it has nothing when nobody uses it.
    io.registerSaveRouter(routerTo((path) => ({ save: (artifacts) => save(path, artifacts) })));
    io.registerLoadRouter(routerTo((path) => ({ load: () => readModelFiles('loadLayersModel', path) })));
    registered = true;
  }
  users += 1;
  let isOver = false;
  return () => {
    if (!isOver) users -= 1;
    isOver = true;
  };
}

function routerTo(handler: (path: string) => io.IOHandler): Router {
  return ((url: string | string[]) =>
    users > 0 && typeof url === 'string' && url.startsWith(SCHEME)
      ? handler(pathOfModel('useFileUrls', 'url', url))
      : null) as Router;
}

async function save(path: string, artifacts: io.ModelArtifacts): Promise<io.SaveResult> {
  await writeModelFiles('model.save', path, artifacts);
  return { modelArtifactsInfo: io.getModelArtifactsInfoForJSON(artifacts) };
}
