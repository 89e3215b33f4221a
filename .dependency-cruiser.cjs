/** The import walls; circles are the linter's. Every rule says why; one that never catches anything should be deleted. */
module.exports = {
  forbidden: [
    {
      name: 'no-app-to-app',
      comment: 'Services talk over the bus. Only standalone and the command line see them, through their index.ts.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/', pathNot: '^apps/(standalone|cli)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'standalone-through-the-front-door',
      comment: 'The composition and the command line see what an app exports, not how it is built.',
      severity: 'error',
      from: { path: '^apps/(standalone|cli)/' },
      to: { path: '^apps/[^/]+/', pathNot: ['^apps/$1/', '^apps/[^/]+/src/index\\.ts$'] },
    },
    {
      name: 'no-lib-to-app',
      comment: 'A library does not know who uses it.',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^apps/' },
    },
    {
      name: 'contracts-and-kernel-are-leaves',
      comment: 'What services say to each other must not drag in how they are built.',
      severity: 'error',
      from: { path: '^libs/(contracts|kernel)/' },
      to: { path: '^(apps|libs)/', pathNot: '^libs/$1/' },
    },
    {
      name: 'libs-through-the-front-door',
      comment: 'A library is used through its index.ts, so that its inside can change.',
      severity: 'error',
      from: { path: '^(?:apps/[^/]+|libs/([^/]+))/' },
      to: { path: '^libs/[^/]+/src/', pathNot: ['^libs/$1/', '^libs/[^/]+/src/index\\.ts$'] },
    },
    {
      name: 'domain-has-no-framework',
      comment: 'Rules are pure: no Nest, no database, no broker.',
      severity: 'error',
      from: { path: '/domain/' },
      to: { path: 'node_modules/(@nestjs|typeorm|pg|@nats-io)/' },
    },
    {
      name: 'domain-does-not-look-out',
      comment: 'A rule does not know who calls it.',
      severity: 'error',
      from: { path: '^apps/[^/]+/src/([^/]+)/domain/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^apps/', pathNot: '/domain/' },
    },
    {
      name: 'doors-do-not-query',
      comment: 'Controllers and consumers call the service of the feature; SQL and entities stay behind repositories.',
      severity: 'error',
      from: { path: '\\.(controller|consumer)\\.ts$' },
      to: { path: '(\\.(repository|entity)\\.ts$|node_modules/(typeorm|pg)/)' },
    },
    {
      name: 'production-does-not-import-testing',
      comment: 'libs/testing starts servers and makes fakes.',
      severity: 'error',
      from: {
        path: '^(apps|libs)/',
        pathNot: ['^libs/testing/', '\\.spec\\.ts$', '/test/', '^apps/standalone/src/dev/'],
      },
      to: { path: '^libs/testing/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.depcruise.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
