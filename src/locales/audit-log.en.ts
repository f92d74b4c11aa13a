import type { GeneratedWords } from './generated-words.ts';

const plural = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;
const isIn = (count: number): string => (count === 1 ? 'is' : 'are');

/** What the comments of a generated role say. */
const generated: GeneratedWords = {
  introduction: (p) => [
    `Made by kubestride ${p.version} for ${p.subject} from what an audit log shows: ${plural(p.requests, 'request', 'requests')}.`,
    ...(p.period === ''
      ? []
      : [`Period: ${p.period}. Hours with any request in the log: ${p.hoursSeen} of ${p.hours}.`]),
    `Log: ${plural(p.events, 'event', 'events')} in ${p.files}.`,
    'What the subject needs and did not do in that time, or what the audit policy does not log, is not granted here.',
  ],
  nothing: () => 'Nothing is left to be granted.',
  granted: (p) => `Left out, because it is granted already: ${p.actions}.`,
  refused: (p) => `Left out, because it was refused (--include-refused grants it): ${p.actions}.`,
  ungrantable: (p) =>
    `Left out, because no rule grants it without granting more, as * in a rule means all: ${p.actions}.`,
  manyNamespaces: (p) =>
    `The same in ${p.count} namespaces: --expand-namespaces makes it one binding for all, later ones too.`,
  more: (p) => `${p.count} more`,
  times: (p) => `${p.action} (${plural(p.count, 'time', 'times')})`,
  action: (p) => `${p.verb} ${p.what}${p.namespace === '' ? '' : ` in ${p.namespace}`}`,
  separator: '; ',
  comma: ', ',
  evidence: (p) => `${plural(p.count, 'request', 'requests')}${p.last === '' ? '' : `, last ${p.last}`}`,
  namesLeftOut: (p) =>
    `${p.count === 1 ? 'one object' : `${p.hasMore ? 'more than ' : ''}${p.count} objects`} seen, any is allowed`,
  expanded: (p) => `not used but granted with it: ${p.verbs}`,
  refusedRule: () => 'refused every time',
  occasion: {
    impersonation: 'asked in order to impersonate',
    'creation-by-update': 'asked when an update or apply created the object',
    websocket: 'asked from v1.35 on, when a stream comes in by get',
  },
  hiddenNeeds: {
    escalate:
      'It writes roles: the API server also asks whether it holds all that they grant, or may "escalate" them. No log shows that.',
    bind: 'It writes bindings: the API server also asks whether it holds all that the role grants, or may "bind" it. No log shows that.',
    approve: 'It approves certificates: it also needs the verb "approve" on signers. No log shows that.',
    sign: 'It signs certificates: it also needs the verb "sign" on signers. No log shows that.',
    attest:
      'It writes ClusterTrustBundles: with a signer, it also needs the verb "attest" on signers. No log shows that.',
    parameters:
      'It writes admission policies: it also needs to read the parameters that they refer to. No log shows that.',
  },
};

/** Words of what reads audit logs: `kubestride access generate` and `unused`. */
export const auditLog = {
  brief: {
    generate: 'Make the least roles that allow what a subject did, from audit logs',
    unused: 'List what bindings grant and audit logs do not show in use',
  },
  full: {
    generate: [
      'kubestride access generate --audit LOG --subject SUBJECT [PATH…] prints roles and bindings that allow what the log shows,',
      'merged, and nothing else. Names stay where they are few and none looks generated. What every authenticated user may do',
      'already is left out, and with PATH or --cluster also what those bind to the groups of the subject; what is bound to the',
      'subject itself is not, since the new roles are meant to take its place.',
      '',
      'LOG: a file of the API server or of its webhook (JSON lines, EventList, compressed with gzip too), an export of EKS, AKS or',
      'GKE, a folder of them, or - for standard input.',
      '',
      'As audit2rbac: --names single --expand-namespaces --expand-verbs --include-refused.',
      '',
      'Exit code: 0 made; 2 the log has no request of a subject; 3 wrong usage or internal error.',
    ].join('\n'),
    unused: [
      'kubestride access unused --audit LOG [PATH…] compares what roles and bindings grant with what the log shows, rule by rule.',
      'It tells the period that the log covers, and does not call unused what the log could not show: subjects without any',
      'request in it, resources whose reads or writes nobody is seen to do, verbs that no log ever has.',
      '',
      'Exit code: 0 all that can be judged is used; 1 something is not; 2 not fully compared: parts of the log or of the sources',
      'were not read, or there is nothing to compare; 3 wrong usage or internal error.',
    ].join('\n'),
  },
  flag: {
    audit: 'An audit log: a file, a folder, or - for standard input; repeatable',
    auditScan:
      'Also read this audit log (file, folder, or -), which tells whether service accounts are used; repeatable',
    subject: 'Whom the roles are for: alice, User:alice, Group:devs, sa:NAMESPACE/NAME; repeatable',
    onlySubject: 'Only what this subject has; repeatable',
    onlyBoundIn: 'Only what is bound in this namespace, and not in the cluster as a whole',
    onlyNamespace: 'Only what was done in this namespace',
    names:
      'When a rule is limited to the names that were seen: stable (they are few and look made by people), single (there is one), all, none (default stable)',
    expandNamespaces: 'Allow in all namespaces what was done in several',
    expandVerbs: 'Allow get, list and watch together, and get, update and patch together',
    includeRefused: 'Also allow what was asked for and refused each time',
    namePrefix: 'What the names of the objects begin with (default kubestride)',
    generateOutput: 'yaml or json (default yaml)',
    noBootstrapGenerate: 'Also grant what every API server grants to all users',
    allGrants: 'Also judge the bindings that every API server creates, and list what is used',
  },
  argument: {
    granted:
      'What is granted already: files, folders, globs, or bundles *.kse (default: only what every API server grants)',
  },
  generated,
  ungrantable: (p: { subject: string; count: number }) =>
    `${plural(p.count, 'request', 'requests')} of ${p.subject} ${isIn(p.count)} left out: no rule grants a literal * without granting all`,
  noRequests: (p: { subject: string; near: readonly string[] }) =>
    `the log has no request of ${p.subject}${p.near.length === 0 ? '' : `; did you mean ${p.near.join(' or ')}?`}`,
  noEvents: (p: { files: number; others: number }) =>
    `no audit event in ${plural(p.files, 'file', 'files')}${p.others === 0 ? '' : ` (${plural(p.others, 'line is', 'lines are')} something else)`}`,
  notRead: (p: { count: number; places: string; more: boolean }) =>
    `${plural(p.count, 'part of the log was', 'parts of the log were')} not read: ${p.places}${p.more ? ', …' : ''}`,
  unreadReason: { broken: 'not JSON', 'too-long': 'too long', 'cut-off': 'ends too early' },
  others: (p: { count: number }) =>
    `${plural(p.count, 'line of the log is', 'lines of the log are')} no audit event`,
  onlyReceived: () =>
    'the log has events of stage RequestReceived alone, which do not tell what was allowed; let the audit policy not omit ResponseComplete',
  storeAmongLogs: () => 'a store of records is asked by itself: give no other log beside it',
  twoFromStdin: () => 'standard input can be read once only: as a log or as a source',
  progress: (p: { megabytes: string; events: number }) =>
    `reading the audit log: ${p.megabytes} MB, ${p.events} events`,
  unused: {
    period: (p: { from: string; to: string; hoursSeen: number; hours: number; requests: number }) =>
      `The log covers ${p.from} to ${p.to} (requests in ${p.hoursSeen} of ${p.hours} hours, ${p.requests} in all).`,
    noPeriod: () => 'The events of the log tell no time.',
    caution: () =>
      'Unused means: not in this log. What the audit policy logs at level None, and what is done less often than the period is long, is not in it.',
    status: { used: 'used', partly: 'partly used', unused: 'unused', 'not-visible': 'cannot tell' },
    bound: (p: { subject: string; binding: string; role: string }) =>
      `${p.subject} has ${p.role} by ${p.binding}`,
    rule: (p: { path: string; rule: string }) => `${p.path}: ${p.rule}`,
    notUsed: (p: { what: string }) => `not used: ${p.what}`,
    hidden: (p: { what: string }) => `cannot tell: ${p.what}`,
    onlyUsed: (p: { what: string }) => `used: ${p.what}`,
    last: (p: { count: number; last: string }) =>
      `${plural(p.count, 'request', 'requests')}${p.last === '' ? '' : `, last ${p.last}`}`,
    blindness: {
      'subject-not-in-log': 'the log has no request of this subject: it was idle, or is not logged',
      'resource-not-in-log':
        "nobody's requests of this kind on these resources are in the log: perhaps they are not logged",
      'verb-never-logged': 'such verbs are asked of the authorizer beside a request, which no log shows',
    },
    summary: (p: { unused: number; partly: number; used: number; hidden: number }) =>
      `${plural(p.unused, 'rule', 'rules')} unused, ${p.partly} partly used, ${p.used} used; of ${p.hidden} the log cannot tell.`,
    bootstrap: (p: { count: number }) =>
      `${p.count} that every API server grants ${isIn(p.count)} left out (--all judges them too).`,
    noGrants: () => 'there is no binding with a role among the sources, so there is nothing to compare',
  },
};
