/** The little of jasmine that these tests' runner touches. */
declare module 'jasmine' {
  interface Result {
    readonly fullName: string;
    readonly status: string;
    readonly failedExpectations: readonly { readonly message: string }[];
  }
  interface Reporter {
    suiteDone?(result: Result): void;
    specDone?(result: Result): void;
  }
  // eslint-disable-next-line no-restricted-syntax -- so jasmine exports it
  export default class Jasmine {
    exitOnCompletion: boolean;
    readonly env: { configure(options: { specFilter(spec: { getFullName(): string }): boolean }): void };
    constructor();
    randomizeTests(random: boolean): void;
    clearReporters(): void;
    addReporter(reporter: Reporter): void;
    execute(): Promise<unknown>;
  }
}

declare module '@tfjs-core-dist/*';
declare module '@tfjs-core-dist/jasmine_util.js' {
  export function setTestEnvs(
    environments: readonly {
      readonly name: string;
      readonly backendName: string;
      readonly flags: object;
      readonly isDataSync: boolean;
    }[],
  ): void;
}

declare const jasmine: { DEFAULT_TIMEOUT_INTERVAL: number };
