/**
 * The borders of the house. Two more are kept by biome.json: no cycles of imports, and `process` and `console` only in
 * src/cli; tests/borders.test.ts plants a violation of each.
 *
 * The rooms of src/, in the order in which a request walks through them: a room may import the rooms before it.
 */
const ROOMS = [
  ['kubernetes', 'It says what objects mean; everything else builds on it.'],
  [
    'engines',
    'They say what Kubernetes would decide, whoever asks, and can be used as libraries by themselves.',
  ],
  ['evidence', 'It says what was seen; what is thought of it is decided later, by others.'],
  ['threats', 'A check judges normalised subjects, never where they came from or how they are shown.'],
  ['assessment', 'It runs the checks; it knows neither fixes nor formats.'],
  ['remedies', 'A fix follows from an assessment, in whatever format that is reported.'],
  ['records', 'Events are kept the same way, whoever reads them.'],
  ['reports', 'A format writes what it is given; who asked for it is not its business.'],
  ['guard', 'The in-cluster service is not reached through the page or the command line.'],
  ['server', 'The HTTP API serves the page; the command line starts it, not the other way round.'],
  [
    'cli',
    'The outermost room: nothing may depend on it, because it prints, exits and reads the environment.',
  ],
];

/** Tests, and what only they use (`test-….ts` beside them). */
const TESTS = '(\\.test|/test-[^/]+)\\.ts$';
const GENERATED = '^src/threats/generated/';
const PURE = '^src/(kubernetes|engines|threats|assessment)/';

const upwards = ROOMS.slice(0, -1).map(([room, reason], index) => ({
  name: `${room}-imports-only-what-is-above`,
  comment: reason,
  severity: 'error',
  from: { path: `^src/${room}/`, pathNot: [TESTS, GENERATED] },
  to: {
    path: `^src/(${ROOMS.slice(index + 1)
      .map(([below]) => below)
      .join('|')})/`,
  },
}));

module.exports = {
  forbidden: [
    ...upwards,
    {
      name: 'engines-stand-alone',
      comment:
        'Each engine is a library by itself; they share what Kubernetes shares, its expression language, and no more.',
      severity: 'error',
      from: { path: '^src/engines/([^/]+)/', pathNot: TESTS },
      to: { path: '^src/engines/[^/]+/', pathNot: '^src/engines/($1|cel)/' },
    },
    {
      name: 'threats-do-not-see-sources',
      comment:
        'A check sees subjects; the same check holds for manifests, a live cluster and a bundle of evidence.',
      severity: 'error',
      from: { path: '^src/threats/', pathNot: TESTS },
      to: { path: '^src/evidence/' },
    },
    {
      name: 'pure-rooms-know-no-platform',
      comment:
        'The same input gives the same answer, in a browser or a test as well: no files, network, clock, processes.',
      severity: 'error',
      from: { path: PURE, pathNot: TESTS },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'scanning-runs-and-calls-nothing',
      comment: 'Nothing in a manifest may run a program or reach the network, so what scans cannot.',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: [TESTS, '^src/evidence/(cluster|tls|etcd|registry)/', '^src/(guard|server)/'],
      },
      to: {
        path: '^(node:)?(child_process|cluster|dgram|dns|http|http2|https|inspector|net|repl|tls|vm)(/|$)',
      },
    },
    {
      name: 'evidence-sources-stand-alone',
      comment:
        'Each source turns its part of the outside world into evidence; what two of them share belongs above.',
      severity: 'error',
      from: { path: '^src/evidence/([^/]+)/', pathNot: TESTS },
      to: { path: '^src/evidence/[^/]+/', pathNot: '^src/evidence/$1/' },
    },
    {
      name: 'checks-do-not-know-each-other',
      comment:
        'A check is one folder that can be read, tested and removed alone; what two share belongs to kubernetes or an engine.',
      severity: 'error',
      from: { path: '^src/threats/[^/]+/([^/]+)/', pathNot: GENERATED },
      to: { path: '^src/threats/[^/]+/[^/]+/', pathNot: '^src/threats/[^/]+/$1/' },
    },
    {
      name: 'reports-do-not-know-each-other',
      comment: 'One file per output format: a change to one cannot break another.',
      severity: 'error',
      from: { path: '^src/reports/(json|markdown|sarif|terminal)\\.ts$' },
      to: { path: '^src/reports/(json|markdown|sarif|terminal)\\.ts$' },
    },
    {
      name: 'locales-hold-words-only',
      comment: 'Words depend on the ids that they name, never on what uses them.',
      severity: 'error',
      from: { path: '^src/locales/', pathNot: TESTS },
      to: {
        path: '^src/',
        pathNot:
          '^src/(locales/|kubernetes/errors\\.ts$|evidence/[^/]+/evidence\\.ts$|threats/define-check\\.ts$)',
      },
    },
    {
      name: 'words-stay-out-of-decisions',
      comment: 'What decides emits ids and parameters; words are chosen where something is shown.',
      severity: 'error',
      from: { path: '^src/(kubernetes|engines|evidence|threats|assessment)/', pathNot: [TESTS, GENERATED] },
      to: { path: '^src/locales/' },
    },
    {
      name: 'only-the-cli-parses-command-lines',
      comment: 'The command line library ends at its room.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/cli/' },
      to: { path: '@stricli' },
    },
    {
      name: 'code-does-not-import-tests',
      comment: 'Tests are not shipped.',
      severity: 'error',
      from: { path: '^src/', pathNot: TESTS },
      to: { path: [TESTS, '^tests/', '^testbed/', '^bench/'] },
    },
    {
      name: 'no-unresolvable-imports',
      comment: 'An import that leads nowhere hides the border that it crosses.',
      severity: 'error',
      from: { path: '^src/' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    // TypeScript 7 has no API in JavaScript that the cruiser could parse with.
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.mjs', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node'],
    },
  },
};
