/** Words of the answers that records give: `kubestride audit ask` and `audit story`. */
const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;

export const records = {
  six: { who: 'Who', what: 'What', when: 'When', where: 'Where', why: 'Why', how: 'How' },
  heading: {
    answer: 'Answer',
    timeline: 'Time line',
    causes: 'Why controllers did it',
    lives: 'Objects of this name, one after the other',
    origins: 'From where',
    grounds: 'Why it was allowed',
    chain: 'How it came to that',
    unknown: 'Not known',
    lines: 'Lines of logs',
  },
  source: {
    audit: 'audit',
    event: 'Event',
    lifecycle: 'lifecycle',
    command: 'command',
    log: 'log',
    runtime: 'runtime',
    kubelet: 'kubelet',
    collector: 'collector',
  },
  nothing: 'Nothing of that is in the records.',
  more: 'There is more than is told here: narrow the period, add filters, or raise --limit.',
  damage: (p: { part: string; events: number }) =>
    `${p.part} cannot be read: ${plural(p.events, 'event')} may be missing`,
  someone: 'somebody',
  listed: (p: { items: readonly string[] }) => p.items.join('; '),
  labelled: (p: { label: string; text: string }) => `${p.label}: ${p.text}`,
  actor: (p: { user: string; impersonated: string }) =>
    p.impersonated === '' ? p.user : `${p.user} as ${p.impersonated}`,
  outcome: (p: {
    outcome: 'done' | 'dry-run' | 'refused' | 'failed' | 'open' | 'told';
    by: string;
    code: string;
  }) =>
    ({
      done: `done${p.code === '' ? '' : ` (${p.code})`}`,
      'dry-run': 'dry run: nothing was changed',
      refused: `refused${p.by === '' ? '' : ` by ${p.by}`}${p.code === '' ? '' : ` (${p.code})`}`,
      failed: `failed${p.code === '' ? '' : ` (${p.code})`}`,
      open: 'its end is not recorded',
      told: '',
    })[p.outcome],
  refusedBy: {
    authentication: 'authentication',
    authorization: 'the authorizer',
    admission: 'admission',
  },
  times: (p: { times: number; until: string }) => `, ${p.times} times until ${p.until}`,
  from: (p: { address: string; via: string; agent: string; cluster: string }) =>
    [
      p.address === '' ? '' : `from ${p.address}`,
      p.via === '' ? '' : `through ${p.via}`,
      p.agent === '' ? '' : `with ${p.agent}`,
      p.cluster === '' ? '' : `in the cluster ${p.cluster}`,
    ]
      .filter((part) => part !== '')
      .join(' '),
  token: (p: { credential: string; pod: string; node: string }) =>
    [p.credential, p.pod === '' ? '' : `of the pod ${p.pod}`, p.node === '' ? '' : `on the node ${p.node}`]
      .filter((part) => part !== '')
      .join(' '),
  seenAt: (p: { pod: string; container: string; node: string; cluster: string }) =>
    [
      p.pod === '' ? '' : `in the pod ${p.pod}`,
      p.container === '' ? '' : `container ${p.container}`,
      p.node === '' ? '' : `on the node ${p.node}`,
      p.cluster === '' ? '' : `in the cluster ${p.cluster}`,
    ]
      .filter((part) => part !== '')
      .join(', '),
  credentialKind: {
    'service-account-token': 'token of a service account',
    certificate: 'client certificate',
    'cloud-identity': 'identity of the cloud',
    anonymous: 'not signed in',
    'other-token': 'token',
    'not-told': 'credential not told',
  },
  relation: {
    direct: '',
    collection: 'deleted a collection that it may have been in',
    list: 'looked at a collection that it may have been in',
    namespace: 'deleted the namespace that it was in',
  },
  certainty: { proven: 'proven', possible: 'possible, not proven' },
  life: (p: { cluster: string; uid: string; from: string; to: string; entries: number }) =>
    `${p.uid === '' ? 'uid not known' : `uid ${p.uid}`}${p.cluster === '' ? '' : ` in the cluster ${p.cluster}`}: ${p.from === '' ? 'there before the first record' : `created ${p.from}`}, ${p.to === '' ? 'no deletion recorded' : `deleted ${p.to}`}; ${plural(p.entries, 'entry', 'entries')}`,
  origin: (p: { times: number; first: string; last: string }) =>
    `${plural(p.times, 'time')}, ${p.first} to ${p.last}`,
  newAddress: 'never seen from this address before',
  newAgent: 'never seen with this program before',
  said: {
    masters: 'a member of system:masters, for whom no authorizer is asked',
    node: 'the Node authorizer, as far as can be seen: it gives no reason',
    silent: 'an authorizer that gives no reason (ABAC, AlwaysAllow or a webhook)',
    other: (p: { text: string }) => `the authorizer said: ${p.text}`,
    rbac: (p: { binding: string; role: string; subject: string }) =>
      `${p.binding} gives ${p.role} to ${p.subject}`,
    refused: 'nothing allowed it',
  },
  standing: {
    stood: (p: { object: string }) => `${p.object}: as it stood then`,
    asked: (p: { object: string }) =>
      `${p.object}: as it was last asked for; what admission made of it is not recorded`,
    deleted: (p: { object: string }) =>
      `${p.object}: deleted before; the authorizer had not heard of it yet, or clocks differ`,
    snapshot: (p: { object: string; asOf: string }) => `${p.object}: as of ${p.asOf}, not of then`,
    bootstrap: (p: { object: string }) => `${p.object}: every API server creates it at start`,
    unknown: (p: { object: string; reason: string }) =>
      `${p.object}: known by its name only${p.reason === '' ? '' : ` (${p.reason})`}`,
  },
  rule: (p: { path: string; verbs: string; what: string; names: string }) =>
    `${p.path} allows ${p.verbs} on ${p.what}${p.names === '' ? '' : ` named ${p.names}`}`,
  writtenBy: (p: { user: string; verb: string; time: string }) =>
    `last written by ${p.user} (${p.verb}) ${p.time}`,
  aggregates: 'takes over the rules of',
  allowedBy: 'who was allowed to by',
  link: {
    'garbage-collected': 'what it belonged to was deleted',
    'namespace-deleted': 'its namespace was deleted',
    'deletion-finished': 'the kubelet ended what was begun by this deletion',
    'owner-written': 'it belongs to what was written here',
    'token-issued': 'the token was issued here',
    'secret-read': 'the token may have been read here',
    'pod-entered': 'somebody went into the pod before',
    'pod-created': 'the pod was created here',
    'command-run': 'this ran in the pod before',
    'binding-written': 'the binding that allowed it was written here',
    'role-written': 'the role that allowed it was written here',
    'certificate-asked': 'the certificate was asked for here',
    'certificate-approved': 'the certificate was approved here',
    'webhook-written': 'the webhook that altered it was set up here',
    'node-reached': 'a pod that reaches the node was created here',
  },
  evidence: {
    'reason-names-binding': (p: { value: string }) => `the reason names ${p.value}`,
    'reason-names-role': (p: { value: string }) => `the reason names ${p.value}`,
    'issued-credential-id': (p: { value: string }) => `the id of the issued token is ${p.value}`,
    'legacy-token-secret': (p: { value: string }) => `the token is from the Secret ${p.value}`,
    'pod-name': (p: { value: string }) => `the pod ${p.value}`,
    'pod-uid': (p: { value: string }) => `the pod's uid ${p.value}`,
    'owner-reference': (p: { value: string }) => `owner reference ${p.value}`,
    'event-told': (p: { value: string }) => `an Event says: ${p.value}`,
    'name-pattern': (p: { value: string }) => `by its name it may belong to ${p.value}`,
    'same-namespace': (p: { value: string }) => `the namespace ${p.value}`,
    'same-address': (p: { value: string }) => `the same address ${p.value}`,
    'same-agent': (p: { value: string }) => `the same program ${p.value}`,
    'new-address': (p: { value: string }) => `never from the address ${p.value} before that`,
    'new-agent': (p: { value: string }) => `never with ${p.value} before that`,
    'same-command': (p: { value: string }) => `the same command: ${p.value}`,
    'certificate-fingerprint': (p: { value: string }) => `the certificate's fingerprint ${p.value}`,
    'certificate-subject': (p: { value: string }) => `a certificate for ${p.value}`,
    'same-request': (p: { value: string }) => `the signing request ${p.value}`,
    'webhook-annotation': (p: { value: string }) => `the event names the configuration ${p.value}`,
    'host-access': (p: { value: string }) => `the pod has ${p.value}`,
  },
  because: (p: { what: string; certainty: string; evidence: string }) =>
    `${p.what} [${p.certainty}${p.evidence === '' ? '' : `: ${p.evidence}`}]`,
  noCause: 'nothing in the records led to it that can be told',
  lines: (p: { source: string; lines: number; where: string; first: string; last: string }) =>
    `${p.source}: ${plural(p.lines, 'line')}${p.where === '' ? '' : ` ${p.where}`}, ${p.first} to ${p.last}`,
  when: (p: { first: string; last: string }) => (p.first === p.last ? p.first : `${p.first} to ${p.last}`),
  tally: (p: { what: string; times: number }) => `${p.what} × ${p.times}`,
  notKnown: (p: { reasons: readonly string[] }) => `not known: ${p.reasons.join('; ')}`,
  unknown: {
    'level-metadata-no-body': 'what was written: the audit level is Metadata, which keeps no bodies',
    'no-annotation': 'the event does not tell what the authorizer decided',
    'no-reason-told': 'the authorizer gave no reason',
    'refused-before-authorization': 'the request was refused before any authorizer was asked',
    'no-audit-of-period': 'no audit events of that time are held',
    'before-first-record': 'it was there before the first record of it',
    'no-node-records': 'what was run inside: no commands of nodes and containers are recorded',
    'no-record-found': 'audit events of that time are held, and none tells of it',
    'subject-shared-credential': 'which person it was: several people may hold this credential',
    anonymous: 'nobody was signed in',
    'credential-not-told': 'which credential was used: the event does not tell',
    'address-not-told': 'the event tells no address',
    'addresses-from-client':
      'whether all addresses are true: a client can send the header with the first of them',
    'object-not-told': 'the name of what was created: the event does not tell it',
    'end-not-recorded': 'how it ended: only the beginning is recorded',
    'dry-run-not-told':
      'whether it took effect: a dry run was asked for, which the body of the request may overrule, and bodies are not recorded',
    'kind-not-known':
      'whether that is a kind at all: Kubernetes has none of that name; write NAMESPACE/KIND/NAME, and the plural of custom resources',
    'changed-without-body':
      'what it was then: the last change is recorded as a patch, without what came of it',
    redacted: 'what was taken out before it was stored',
    'source-does-not-tell': 'records of this source do not tell it',
    damage: 'what is in the parts of the store that cannot be read',
    cut: 'what lies further back: the search ended at its limit',
  },
  savedTitle: {
    'exec-into-pods': 'Who went into pods: exec, attach, port-forward, debug containers',
    'secret-reads': 'Who read Secrets',
    'rbac-changes': 'Who changed roles and bindings',
    denied: 'What the authorizer refused',
    anonymous: 'What was done without signing in',
    deletions: 'What was deleted by name or as a collection',
    evictions: 'Which pods were evicted on request',
    'token-requests': 'Who got tokens of service accounts',
    impersonations: "What was done in another's name",
    'webhook-changes': 'Who changed webhooks and admission policies',
    'certificate-requests': 'Who asked for or approved certificates',
    'node-commands': 'What was run on nodes and in containers',
    'pod-endings': 'Which pods were killed, evicted, restarted or deleted',
    failures: 'Which requests failed',
  },
  savedProblem: {
    'no-questions': () => 'the file has no map `questions`',
    'wrong-type': (p: { value: string }) => `has the wrong type (${p.value})`,
    'unknown-field': (p: { value: string }) => `there is no field ${p.value}`,
    'unknown-question': (p: { value: string }) =>
      `"${p.value}" is no question: find, who, what, where, why or how`,
    missing: () => 'is missing',
    'no-object': (p: { value: string }) => `"${p.value}" is no object: write NAMESPACE/KIND/NAME`,
    'no-subject': (p: { value: string }) => `"${p.value}" is no subject: write user:NAME, sa:NS/NAME, ip:…`,
    'no-time': (p: { value: string }) => `"${p.value}" is no time: write 2h, yesterday, 2026-11-20T10:00Z`,
    'matches-nothing': (p: { value: string }) => `"${p.value}" matches nothing`,
  },
};
