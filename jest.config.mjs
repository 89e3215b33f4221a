// One configuration for all three layers; the npm scripts choose by path.
// Run with NODE_OPTIONS=--experimental-vm-modules (the packages are ESM only).
export default {
  testEnvironment: 'node',
  // A busy machine is no failure; what hangs still ends. Hardly any test sets another time for itself.
  testTimeout: 120_000,
  // Node 20 tells every AsyncLocalStorage that was ever used of every promise, and each spec loads its own anew: a worker
  // that has run thirty specs spends a quarter of its time on storages that are gone. A young one is cheaper.
  workerIdleMemoryLimit: '350MB',
  // PostgreSQL starts lazily, once per run.
  globalSetup: '<rootDir>/libs/testing/src/jest/setup.mjs',
  globalTeardown: '<rootDir>/libs/testing/src/jest/teardown.mjs',
  testMatch: ['<rootDir>/{apps,libs,scripts,deploy}/**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^#(contracts|kernel|persistence|messaging|platform|testing)$': '<rootDir>/libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        sourceMaps: 'inline',
        module: { type: 'es6' },
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          keepClassNames: true,
        },
      },
    ],
  },
};
