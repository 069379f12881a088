import type { FoundData } from '../data/found-data.ts';

/** README.md of a project. */
export const readmeFile = (name: string, data: FoundData): string => `# ${name}

${about(data)}

\`\`\`sh
npm install
npm start      # trains, and writes the run to a folder in runs/
npm run report # writes report.html: curves, predictions, speed, and what differs between the runs
npm test       # checks that the model can learn
npm run check  # checks the types
\`\`\`

| file            | what it holds                                              |
| --------------- | ---------------------------------------------------------- |
| \`train.ts\`      | what is trained: parameters, optimizer, loss, plugins      |
| \`data.ts\`       | how the data are read, and divided for training            |
| \`model.ts\`      | the network                                                |
| \`train.test.ts\` | a test                                                     |

\`\`\`sh
npm start -- --set learningRate=0.01 --set epochs=50              # other parameters
npm start -- --resume --set folder=runs/2026-01-31T12-00-00       # goes on with a run that was stopped
npx cantrip lr-find train.ts                                      # suggests a learning rate
npx cantrip export runs/2026-01-31T12-00-00/checkpoints model --config train.ts
\`\`\`

Training works with npm alone. It is several times as fast with TensorFlow itself, which needs Python's pip or uv:

\`\`\`sh
npx cantrip install-runtime  # --cuda for a GPU of NVIDIA
npx cantrip doctor           # shows which device is used, and why
\`\`\`
`;

function about(data: FoundData): string {
  if (data.kind === 'example')
    return 'Trains a small network to tell two spirals apart. Put your own data into `data.ts`.';
  if (data.kind === 'images')
    return `Trains a small network to tell images apart. The images are in \`${data.path}\`, in a folder for each class.`;
  const { name, isClass } = data.target;
  return `Trains a small network to predict ${isClass ? 'the class' : 'the number'} in the column \`${name}\` of \`${data.path}\`.`;
}
