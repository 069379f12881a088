import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findTestPython } from '../python-peers/test-python.ts';
import { deviceStage } from './device-stage.ts';
import { runCommand } from './run-command.ts';
import { commandStage, countedStage, type Lane, type Stage } from './stage.ts';
import { oneFailed, oneSkipped, sum } from './tally.ts';
import { vitestTally } from './vitest-tally.ts';

/** Nx without its daemon, its terminal interface, its cloud and the colours that it forces upon tests. */
const nx = {
  NX_DAEMON: 'false',
  NX_TUI: 'false',
  NX_NO_CLOUD: 'true',
  NX_INTERACTIVE: 'false',
  CI: 'true',
  FORCE_COLOR: '0',
};

/** Of a stage that runs beside others. */
const beside = { quiet: 'until it ends' } as const;

/** All of `npm test`, in order. Lanes run side by side, each on one core. */
export function stages(root: string): (readonly Lane[])[] {
  /** Device to version, filled by the first stage. */
  const present = new Map<string, string>();
  const build = ['npx', 'nx', 'run-many', '-t', 'build', '--output-style=static'];
  const alone = (...lane: Stage[]): readonly Lane[] => [lane];
  return [
    alone(deviceStage(present), countedStage('house rules', npm('check'))),
    [
      [commandStage('lint', npm('lint:code'), beside)],
      [
        commandStage('format', ['npx', 'prettier', '--check', '.'], beside),
        commandStage('types', npm('typecheck'), beside),
        commandStage('unused code', npm('check:unused'), beside),
        commandStage('build', build, { env: nx, ...beside }),
      ],
    ],
    alone(
      countedStage('house rules of what was built', [...npm('check'), '--', '--built']),
      unitStage(root, present),
      vitestStage('tests of the tools', npm('test:tools'), join(root, 'tools/test-results/vitest.json')),
    ),
    [
      [
        onDevice('tensorflow', present, countedStage("tfjs-core's own op tests", npm('test:ops'), beside)),
        onDevice('tensorflow', present, capturedOpsStage()),
        countedStage('code in READMEs', npm('test:readmes'), beside),
      ],
      [
        countedStage('published form', npm('check:published'), beside),
        onPresent(present, 'packed packages', npm('test:packed')),
      ],
    ],
    alone(onPresent(present, 'examples', npm('test:examples'))),
  ];
}

function capturedOpsStage(): Stage {
  const command = [...npm('test:ops'), '--', '--captured'];
  return countedStage("tfjs-core's own op tests, each op a graph function", command, beside);
}

function npm(script: string): string[] {
  return ['npm', 'run', '--silent', script];
}

function vitestStage(name: string, [command = '', ...args]: string[], report: string): Stage {
  return {
    name,
    run: async () => {
      rmSync(report, { force: true });
      const { code } = await runCommand(command, args);
      return withExitCode(vitestTally(report), code);
    },
  };
}

/** The tests of all packages through Nx, which skips what has passed already on the same devices. */
function unitStage(root: string, present: ReadonlyMap<string, string>): Stage {
  return {
    name: 'tests of the packages',
    run: async () => {
      const reports = readdirSync(join(root, 'packages')).map((name) =>
        join(root, 'packages', name, 'test-results/vitest.json'),
      );
      for (const report of reports) rmSync(report, { force: true });
      const python = findTestPython() === undefined ? [] : ['python'];
      const devices = [...[...present].map(([name, version]) => `${name} ${version}`), ...python].join();
      const args = ['nx', 'run-many', '-t', 'test', '--parallel=1', '--output-style=stream'];
      const { code } = await runCommand('npx', args, { env: { ...nx, CANTRIP_DEVICES: devices } });
      return withExitCode(sum(reports.map(vitestTally)), code);
    },
  };
}

/** A stage whose script takes the devices to train on: those present but for cpu, which takes minutes for a step. */
function onPresent(present: ReadonlyMap<string, string>, name: string, script: string[]): Stage {
  return {
    name,
    run: async () => {
      const devices = [...present.keys()].filter((device) => device !== 'cpu');
      return await countedStage(name, [...script, '--', ...devices], beside).run();
    },
  };
}

function onDevice(device: string, present: ReadonlyMap<string, string>, stage: Stage): Stage {
  return {
    name: stage.name,
    run: async () => {
      if (present.has(device)) return await stage.run();
      console.log(`skipped: the device ${device} is absent`);
      return process.env['CANTRIP_REQUIRE']?.split(',').includes(device) ? oneFailed : oneSkipped;
    },
  };
}

function withExitCode<T extends { readonly failed: number }>(tally: T, code: number): T {
  return code !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally;
}
