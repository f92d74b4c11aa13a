import type { ErrorCode, ErrorParams } from '../kubernetes/errors.ts';
import { access } from './access.en.ts';
import { audit } from './audit.en.ts';
import { auditLog } from './audit-log.en.ts';
import { clusterErrors } from './cluster-errors.en.ts';
import { completeness } from './completeness.en.ts';
import { escalation } from './escalation.en.ts';
import { exposure } from './exposure.en.ts';
import { network } from './network.en.ts';
import { networkGenerate } from './network-generate.en.ts';
import { picture } from './picture.en.ts';
import { recording } from './recording.en.ts';
import { records } from './records.en.ts';
import { recordsErrors } from './records-errors.en.ts';
import { inUse } from './usage.en.ts';

/** Near misses to offer, best first; empty where nothing is near. */
type Near = readonly string[];

function didYouMean(near: Near): string {
  return near.length === 0 ? '' : `; did you mean ${near.join(' or ')}?`;
}

/** `did you mean`, or the whole choice where nothing is near. */
function choose(near: Near, all: readonly string[]): string {
  return near.length === 0 ? `; choose from ${all.join(', ')}` : didYouMean(near);
}

/** Words for the codes of one kind, each with the one detail that it may have. */
function byCode<C extends string>(words: Record<C, (detail: string) => string>): typeof words {
  return words;
}

function list(value: ErrorParams[string] | undefined): Near {
  return Array.isArray(value) ? (value as Near) : [];
}

const en = {
  brief: {
    root: 'Finds the STRIDE threats of Kubernetes objects, proves each finding, and says what it did not look at.',
    scan: 'Assess manifests, a live cluster or evidence bundles, and report the findings by threat',
    checks: 'List the checks',
    explain: 'Show the page of a check: what, why, how to fix, known limits',
    podSecurity: 'Say which Pod Security Standard each workload meets, and what it violates',
    admission: 'Say which objects the ValidatingAdmissionPolicies among them would refuse',
    access: 'Say who can do what, where that leads, and what of it is used',
    network: 'Say what can reach what: connections, query, exposure, diff, unused, generate',
    collect: 'Write what a cluster or a node shows into one file, an evidence bundle',
    permissions: 'Print the least role that reading a cluster needs',
    watch: 'Keep the assessment of a live cluster up to date and print what changes',
    diff: 'Compare two states: manifests, bundles or the live cluster; say what differs and who changed it',
    completion: 'Print a completion script for a shell',
  },
  full: {
    scan: [
      'Reads files, folders, globs and standard input (-), by default the current folder, or with --cluster the live',
      'cluster, or evidence bundles (*.kse), and reports what is exposed, what is protected and what could not be',
      'assessed. .gitignore is respected inside folders.',
      '',
      'Exit code: 0 nothing at or above --fail-on; 1 findings; 2 not fully evaluated (below --min-coverage, or no',
      'object found); 3 wrong usage or internal error.',
    ].join('\n'),
    podSecurity: [
      'Answers as the Pod Security admission of the API server would: the strictest level that a workload meets, and',
      'for each stricter level the controls that forbid it. Exit code: 0 answered; 2 no object found, or no',
      'workload where lists of workloads were not read; 3 wrong usage.',
    ].join('\n'),
    admission: [
      'Reads policies, their bindings and parameters, and all other objects from the same sources, and answers for each',
      'object as the API server would if it were applied now: who refuses it, and in which words. What depends on something',
      'that the sources do not show is unknown, with the reason.',
      '',
      'Exit code: 0 nothing would be denied; 1 something would be; 2 something is unknown, or there is no policy that is',
      'bound; 3 wrong usage or internal error.',
    ].join('\n'),
    collect: [
      'Reads the live cluster (--cluster), or the machine it runs on (--node), or both, writes nothing to either, and',
      'records it in one file that every command takes in place of a path: for analysis elsewhere, or later. Values',
      'of Secrets, private keys and tokens are never in it.',
      '',
      'Exit code: 0 everything was read; 2 something was refused, or nothing was found; 3 wrong usage or internal error.',
    ].join('\n'),
    permissions: [
      'Prints a ClusterRole (and with --namespace a Role) in YAML. It holds no Secrets and nothing that writes. A rule that',
      'is missing lowers the coverage of `scan --cluster` and does not fail it. Exit code: 0; 3 wrong usage.',
    ].join('\n'),
    watch: [
      'Reads the cluster once, follows its changes, and prints each finding that comes or goes, until it is stopped or',
      '--for has passed. Exit code: as of `kubestride scan` for the state at the end.',
    ].join('\n'),
    diff: [
      'kubestride diff BEFORE AFTER compares two paths or bundles (*.kse); kubestride diff PATH… --cluster compares what',
      'manifests ask for with what runs. Objects and findings that came, went and changed are named, with the cause of each',
      'changed field: a controller, or a person or pipeline, as the managed fields of the object tell. What the API server fills in or',
      'assigns by itself does not count.',
      '',
      'Exit code: 0 no difference that counts; 1 differences; 2 a source holds no object; 3 wrong usage or internal error.',
    ].join('\n'),
    completion: [
      'bash: source <(kubestride completion bash)',
      'zsh:  source <(kubestride completion zsh)',
      'fish: kubestride completion fish | source',
    ].join('\n'),
  },
  flag: {
    lang: 'Language: en or zh-CN (default from LC_ALL, LC_MESSAGES, LANG)',
    color: 'Colours: auto, always or never (default auto: on a terminal without NO_COLOR); also --colour',
    output:
      'terminal, json, sarif or markdown; FORMAT=FILE writes a file; repeatable, at most one without a file',
    outputDiff: 'terminal, json or markdown',
    failOnDiff:
      'Exit 1 on any difference, on a new or changed finding, or never: difference, finding or never',
    allDifferences:
      'Also list what does not count: defaults, what the cluster assigns, objects that others made',
    outputPlain: 'terminal or json',
    operation: 'What is done with the objects: CREATE or UPDATE',
    failOn: 'Exit 1 from this severity on: critical, high, medium, low, info or never (default high)',
    minCoverage: 'Exit 2 where less than this percentage was evaluated',
    threat: 'Only the checks of these threats of STRIDE; repeatable, or separated by commas',
    check: 'Only these checks; repeatable, or separated by commas',
    exclude: 'Not these checks; repeatable, or separated by commas',
    allVerdicts: 'Also say what passed and what did not apply',
    listNotKubernetes: 'Name the files that hold no Kubernetes object',
    version: 'Version of the Pod Security Standards: v1.0 and newer, or latest (the default)',
    help: 'Print help and exit',
    printVersion: 'Print the version and exit',
    cluster: 'Read the live cluster of the kubeconfig, and write nothing to it',
    kubeconfig:
      'The kubeconfig to use (default: $KUBECONFIG, ~/.kube/config, or the service account of the pod)',
    context: 'The context of the kubeconfig (default: its current one)',
    namespace: 'Only this namespace, and what is in none',
    secrets: 'Also list Secrets; their values are dropped as soon as they are read',
    kubeletConfig: 'Also ask the kubelets for their configuration, which needs nodes/proxy',
    node: 'Read what Kubernetes runs with on this machine: configuration, file modes, certificates, processes',
    root: 'The folder that holds the file system of the node (default: /)',
    bundle: 'The bundle to write, such as cluster.kse',
    sign: 'Sign the bundle with this private key (PEM, Ed25519 or ECDSA)',
    verifyKey: 'Refuse bundles that are not signed by this public key (PEM)',
    permissionsWatch: 'Also what `kubestride watch` needs',
    permissionsNamespace: 'Only what reading this namespace needs',
    watchFor: 'Stop after this many seconds',
    watchOutput: 'text, or json: one JSON object a line',
    accessNamespace: 'Ask in this namespace (default: in all of them, and of the cluster as a whole)',
    asGroup: 'A group that the subject is also in; repeatable',
    explainAccess: 'Say by which binding, role and rule, and where they stand',
    noBootstrap: 'Leave out the roles and bindings that every API server creates',
    resourceName: 'Only the object of this name, where a slash in RESOURCE would not be clear',
    reviews: 'The file of questions, or - for standard input',
    subresource: 'The subresource, where a slash in RESOURCE would not be clear',
    escape: 'Everything after this is an argument, not a flag',
  },
  admission: {
    verdict: { allowed: 'allowed', denied: 'denied ', unknown: 'unknown' },
    notDenied: (p: { action: string; text: string }) => `(${p.action}) ${p.text}`,
    undecided: (p: { policy: string; binding: string; reason: string }) =>
      `ValidatingAdmissionPolicy '${p.policy}' with binding '${p.binding}' is not decided: ${p.reason}`,
    unknown: byCode({
      'asks-authorizer': () => 'it asks the authorizer',
      'definition-not-seen': (kind) => `the definition of ${kind} was not seen`,
      'dry-run': () => 'it asks whether the request is a dry run',
      'made-up-name': () => 'the API server makes up the name',
      'namespace-not-seen': (name) => `the namespace ${name} was not seen`,
      'nested-too-deep': () => 'the values nest too deep to be compared',
      'object-before': () => 'it asks how the object was before',
      'other-version': () => 'it matches another version of the object, which the API server would make',
      'parameters-incomplete': (kind) => `there may be more parameters of kind ${kind} than were seen`,
      'parameters-not-seen': (name) => `the parameters ${name} were not seen`,
      'policy-refused': (problem) => `the API server would refuse the policy: ${problem}`,
      'request-options': () => 'it asks for the options of the request',
      requester: () => 'it asks who makes the request',
      'server-time-zone': () => "it asks for the API server's time zone",
      'set-by-api-server': (field) => `${field} is set by the API server`,
      'too-large': () => 'it computes a value too large to be built here',
    }),
    policyRefused: (p: { policy: string; path: string; reason: string }) =>
      `the API server would refuse the ValidatingAdmissionPolicy '${p.policy}': ${p.path}: ${p.reason}`,
    noPolicy: () => 'there is no ValidatingAdmissionPolicy among the sources, so nothing was decided',
    noBinding: () =>
      'there is no ValidatingAdmissionPolicyBinding among the sources; a policy without a binding refuses nothing',
  },
  access,
  network,
  picture,
  exposure,
  networkGenerate,
  audit,
  auditLog,
  recording,
  records,
  completeness,
  inUse,
  escalation,
  permissions: {
    introduction: [
      'What KubeStride needs to read this cluster, and nothing more. A rule that is left out lowers the coverage, and the',
      'report names what was not read. Apply it with kubectl, and bind it:',
      '  kubectl create clusterrolebinding kubestride --clusterrole=kubestride --serviceaccount=NAMESPACE:NAME',
    ],
    topic: {
      workloads: ['Pods, what makes pods, and what pods belong to'],
      access: ['Who may do what, and as whom'],
      network: ['Which pods may talk to which'],
      exposure: ['What can be reached from outside of the cluster'],
      admission: ['What the API server asks before it takes an object'],
      extensions: ['APIs that others add to the API server'],
      limits: ['What keeps one workload from taking everything'],
      nodes: ['Machines and volumes that pods run on'],
      configuration: ['Configuration that workloads mount'],
      secrets: ['Secrets: their values come along, and are dropped as soon as they are read'],
      server: ['What the API server tells about itself'],
      'kubelet-configuration': [
        "The kubelets' configuration. Strong: get on nodes/proxy also reads logs and runs commands through the kubelet",
        'in versions that do not separate them (KEP-2862)',
      ],
    },
  },
  gap: {
    forbidden: 'the API server refused the list',
    'not-asked': 'not asked for',
    unavailable: 'the API is not available',
    incomplete: 'the list could not be read to its end',
    'unknown-version': 'served only in versions that KubeStride does not know',
  },
  watch: {
    synced: (p: { objects: number; lists: number; findings: number; undecided: number }) =>
      `watching ${p.objects} objects in ${p.lists} lists: ${p.findings} findings, ${p.undecided} undecided`,
    appeared: 'new',
    resolved: 'gone',
    undecided: 'undecided',
    decided: 'decided',
    unseen: 'out of sight',
    lost: (p: { list: string; reason: string }) =>
      `not shown: ${p.list} (${p.reason}); nothing is known of these objects now`,
    back: (p: { list: string }) => `shown again: ${p.list}`,
    degraded: (p: { lists: string; more: number; reason: 'disconnected' | 'watch-refused' }) => {
      const lists = `${p.lists}${p.more > 0 ? ` and ${p.more} more` : ''}`;
      return p.reason === 'disconnected'
        ? `the API server does not answer (${lists}); what is shown may be old`
        : `may not be watched, read anew every minute: ${lists}`;
    },
    recovered: () => 'everything is up to date again',
    stopped: (p: { findings: number; undecided: number }) =>
      `stopped at ${p.findings} findings, ${p.undecided} undecided`,
  },
  argument: {
    path: 'Files, folders, globs, - for standard input, or bundles *.kse (default: the current folder)',
    check: 'Id of a check, see `kubestride checks`',
    diffSource: 'Two paths or bundles (*.kse), or with --cluster the paths to compare with it',
    shell: 'bash, zsh or fish',
  },
  headers: {
    usage: 'Usage',
    command: 'COMMAND [PATH…] [FLAGS]',
    commands: 'Commands',
    flags: 'Flags',
    anyFlags: '[FLAGS]',
    arguments: 'Arguments',
  },
  usage: {
    unknownCommand: (p: { input: string; near: Near; all: readonly string[] }) =>
      `unknown command "${p.input}"${choose(p.near, p.all)}`,
    pathIsNoCommand: (p: { program: string; path: string }) =>
      `"${p.path}" is a path, not a command; did you mean ${p.program} scan ${p.path}?`,
    unknownFlag: (p: { flag: string; command: string; near: Near }) =>
      `unknown flag ${p.flag}${p.near.length > 0 ? didYouMean(p.near) : `; see ${p.command} --help`}`,
    missingValue: (p: { flag: string; command: string }) =>
      `${p.flag} with a value is needed; see ${p.command} --help`,
    noValueAllowed: (p: { flag: string; value: string }) =>
      `${p.flag} takes no value, found "${p.value}"; leave it out`,
    repeated: (p: { flag: string; first: string; second: string }) =>
      `${p.flag} was given twice, "${p.first}" and "${p.second}"; keep one`,
    diffNeedsPath: () => '--cluster needs a path to compare with: kubestride diff PATH --cluster',
    diffNeedsTwo: (p: { count: number }) =>
      `diff compares two sources, found ${p.count}; name two paths or bundles, or one path and --cluster`,
    missingArgument: (p: { name: string; command: string }) =>
      `${p.name} is missing; see ${p.command} --help`,
    tooManyArguments: (p: { input: string; command: string }) =>
      `one argument too many, "${p.input}"; see ${p.command} --help`,
    unknownValue: (p: { flag: string; value: string; near: Near; all: readonly string[] }) =>
      `${p.flag}: unknown value "${p.value}"${choose(p.near, p.all)}`,
    unknownCheck: (p: { where: string; id: string; near: Near }) =>
      `${p.where}unknown check "${p.id}"${p.near.length > 0 ? didYouMean(p.near) : '; `kubestride checks` lists them'}`,
    noCheckLeft: () => 'no check is left after --threat, --check and --exclude; loosen one of them',
    notAPercentage: (p: { flag: string; value: string }) =>
      `${p.flag}: "${p.value}" is no number from 0 to 100`,
    notANumber: (p: { flag: string; value: string }) => `${p.flag}: "${p.value}" is no number above 0`,
    notAVersion: (p: { flag: string; value: string }) =>
      `${p.flag}: "${p.value}" is no version; write v1.0 or newer, or latest`,
    notANamespace: (p: { flag: string; value: string }) =>
      `${p.flag}: "${p.value}" is no name of a namespace; write at most 63 lower-case letters, digits and -, with a letter or digit at both ends`,
    namespaceMissing: (p: { namespace: string; where: string; near: Near }) =>
      `there is no namespace "${p.namespace}" in ${p.where}${p.near.length > 0 ? didYouMean(p.near) : '; check its name and the --context'}`,
    notASubject: (p: { subject: string }) =>
      `"${p.subject}" names nobody; write alice, User:alice, Group:devs or ServiceAccount:NAMESPACE/NAME`,
    notAResource: (p: { resource: string }) =>
      `"${p.resource}" is no resource; write pods, deployments.apps, pods/log, pods/web/log or /healthz`,
    fileMissing: (p: { flag: string; value: string }) =>
      `${p.flag}: a file name is missing after "${p.value}="`,
    twoToStdout: (p: { first: string; second: string }) =>
      `-o ${p.first} and -o ${p.second} would both go to standard output; name a file for one: -o ${p.second}=FILE`,
    sameFile: (p: { file: string }) => `two outputs name the file "${p.file}"; give each its own`,
    outputIsInput: (p: { file: string }) => `the output "${p.file}" is also an input; name another file`,
    outputIsFolder: (p: { file: string }) => `the output "${p.file}" is a folder; name a file in it`,
    clusterAndPaths: () =>
      '--cluster and paths were both given; scan one of them, or compare them with `kubestride diff`',
    bundlesAndPaths: (p: { bundle: string }) =>
      `the bundle "${p.bundle}" and other paths were both given; scan one of them, or compare them with \`kubestride diff\``,
    twoClusters: (p: { first: string; second: string }) =>
      `"${p.first}" and "${p.second}" both hold a cluster; scan one after the other, or compare them with \`kubestride diff\``,
    flagNeeds: (p: { flag: string; needed: string }) =>
      `${p.flag} needs ${p.needed}; add it, or leave the flag out`,
    nothingToCollect: () => 'say what to collect: --cluster, --node, or both',
    bundleNeedsFile: () => '-o: write the name of a file, such as cluster.kse',
    rootMissing: (p: { folder: string }) => `--root: "${p.folder}" is no folder; name one that exists`,
    noOutputFolder: (p: { file: string; folder: string; near: Near }) =>
      `cannot write "${p.file}": the folder "${p.folder}" does not exist${p.near.length > 0 ? didYouMean(p.near) : '; make it first'}`,
  },
  errors: {
    'audit-log-unreadable': (p) => `cannot read "${p['path']}": ${p['reason']}`,
    'bundle-damaged': (p) => {
      const problems: Record<string, string> = {
        'not-a-bundle': 'is no evidence bundle; `kubestride collect` writes one',
        truncated: 'ends before its end; copy it again from where it was collected',
        structure: 'has been changed since it was written; do not trust it, copy or collect it again',
        digest: 'has been changed since it was written; do not trust it, copy or collect it again',
        content: 'holds what no bundle holds; do not trust it, collect it again',
        'too-large': 'would take more memory than any bundle needs; do not trust it, collect it again',
      };
      return `"${p['path']}" ${problems[String(p['problem'])]}${p['part'] ? ` (at ${p['part']})` : ''}`;
    },
    'bundle-key-unusable': (p) =>
      p['problem'] === 'algorithm'
        ? `"${p['path']}" is a key of type ${p['type']}; use Ed25519 or ECDSA: openssl genpkey -algorithm ed25519`
        : `"${p['path']}" holds no usable key; write an unencrypted PEM: openssl genpkey -algorithm ed25519`,
    'bundle-signature': (p) =>
      `"${p['path']}" is not signed by this key (${p['expected']}), its signature names ${p['keyId']}; do not trust it unless you know that key`,
    'bundle-unreadable': (p) => `cannot read "${p['path']}": ${p['reason']}`,
    'bundle-unsigned': (p) =>
      `"${p['path']}" is not signed; collect it with --sign, or leave out --verify-key`,
    'bundle-version': (p) =>
      `"${p['path']}" has the format ${p['schema']}, which this version does not know; update KubeStride`,
    'path-not-found': (p) => `"${p['path']}" does not exist${didYouMean(list(p['suggestions']))}`,
    'pattern-matches-nothing': (p) =>
      `the pattern "${p['pattern']}" matches no file; check it, and quote it for your shell`,
    ...clusterErrors,
    ...recordsErrors,
  } satisfies Record<ErrorCode, (params: ErrorParams) => string> as Record<
    ErrorCode,
    (params: ErrorParams) => string
  >,
  failure: {
    cannotWrite: (p: { file: string; reason: string }) => `cannot write "${p.file}": ${p.reason}`,
    cannotRead: (p: { file: string; reason: string }) => `cannot read "${p.file}": ${p.reason}`,
    apiError: (p: { server: string; status: number; message: string }) =>
      `the API server ${p.server} answered ${p.status}: ${p.message}`,
    internal: (p: { reason: string }) =>
      `internal error: ${p.reason}; please report it with the output of KUBESTRIDE_DEBUG=1`,
  },
  warning: {
    notKubernetes: (p: { file: string }) => `not Kubernetes: ${p.file}`,
    coverageBelow: (p: { coverage: string; minimum: number }) =>
      `${p.coverage} % was evaluated, below --min-coverage ${p.minimum}`,
    nothingFound: () => 'no Kubernetes object was found, so nothing was assessed',
    noWorkload: () => 'no workload was found, so there is no Pod Security Standard to name',
    notRead: (p: { count: number; places: string; more: boolean }) =>
      `${p.count} ${p.count === 1 ? 'document or file was' : 'documents or files were'} not read: ${p.places}${p.more ? ', …' : ''}`,
    listNotRead: (p: { list: string; reason: string }) => `not read: ${p.list} (${p.reason})`,
    notice: (
      notice:
        | { readonly code: 'plugin-said'; readonly command: string; readonly line: string }
        | { readonly code: 'refresh-token-replaced'; readonly user: string; readonly file: string },
    ) =>
      notice.code === 'plugin-said'
        ? `${notice.command}: ${notice.line}`
        : `the login of "${notice.user}" in ${notice.file} was renewed for this run only; log in again before the next`,
    wrote: (p: { format: string; file: string }) => `wrote ${p.format}: ${p.file}`,
  },
  collect: {
    wrote: (p: { file: string; megabytes: string; sha256: string }) =>
      `wrote ${p.file}: ${p.megabytes} MB, sha256 ${p.sha256}`,
    signed: (p: { keyId: string }) => `signed by the key ${p.keyId}`,
    cluster: (p: { server: string; objects: number; lists: number }) =>
      `cluster ${p.server}: ${p.objects} objects of ${p.lists} lists`,
    node: (p: { node: string; contents: number; files: number; processes: number | undefined }) =>
      `node ${p.node}: ${p.contents} files read, ${p.files} described, ${p.processes === undefined ? 'no /proc to see processes in' : `${p.processes} processes`}`,
    noKubernetes: (p: { root: string }) =>
      `nothing of Kubernetes was found below ${p.root}: no configuration, no certificate, no process`,
    noObjects: (p: { server: string }) => `the cluster ${p.server} showed no objects`,
    notRead: (p: { what: string; reason: string }) => `not read: ${p.what} (${p.reason})`,
    more: (p: { count: number }) => `not read: ${p.count} more`,
  },
  progress: {
    reading: (p: { files: number; totalFiles: number; megabytes: string; totalMegabytes: string }) =>
      `reading: ${p.files} of ${p.totalFiles} files, ${p.megabytes} of ${p.totalMegabytes} MB`,
    listing: (p: { lists: number; listsDone: number; objects: number }) =>
      `reading the cluster: ${p.listsDone} of ${p.lists} lists, ${p.objects} objects`,
    assessing: () => 'assessing …',
  },
};

export type CliWords = typeof en;
export default en;
