/** Words of `kubestride audit usage`. */
const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;

export const inUse = {
  brief: {
    rights: 'List which rights were used',
    unused: 'Say which service accounts, legacy tokens, credentials and bindings nobody used',
    edges: 'Say whether and when steps of attack paths were taken',
    manual: 'List what people changed by hand on objects that controllers or GitOps keep',
    seen: 'List when users, credentials, addresses, programs or objects were first and last seen',
  },
  full: {
    rights: [
      'Verb and resource by user and namespace, with how often they were allowed and refused. `kubestride access generate --audit STORE --subject SUBJECT`',
      'writes the least roles for it, and `kubestride access unused --audit STORE` compares it with what is granted.',
      '',
      'Exit code: 0 answered; 2 nothing to answer from, or parts of the store could not be read; 3 wrong usage.',
    ].join('\n'),
    unused: [
      'Compares the records with SOURCE: manifests, an evidence bundle (*.kse), or the live cluster with --cluster. Each thing is used, unused, or not',
      'known, with the reason: what is missing in the records, or too young, is called unused by nobody. Legacy tokens are Secrets: --secrets.',
      'Without --since and --until the answer is about all that is held. Credentials are those that were seen before --since and not since.',
      '',
      'Exit code: 0 all is used; 1 something is unused; 2 it is not known of some, and of the others none; 3 wrong usage.',
    ].join('\n'),
    edges: [
      'An edge a line, as JSON: {"subject": {"kind": "ServiceAccount", "namespace": "shop", "name": "web"}, "verb": "get", "resource": "secrets"},',
      'and where it says more, apiGroup, subresource, namespace and name; * and what is left out stand for anything, but no subresource for none.',
      'kind: User, Group or ServiceAccount.',
      '',
      'Exit code: 0 answered; 2 of some that were not seen the records cannot tell; 3 wrong usage.',
    ].join('\n'),
    manual: [
      'Who keeps an object is read from the bodies of requests, and where these are not recorded from SOURCE: manifests, an evidence bundle (*.kse), or',
      'the live cluster with --cluster. By hand is what users did who are no service accounts, and what service accounts did with tools of people.',
      '',
      'Exit code: 0 nothing; 1 something was changed by hand; 2 nothing to answer from, or not all could be read; 3 wrong usage.',
    ].join('\n'),
    seen: [
      'WHAT: users, credentials, addresses, agents or objects. The latest newcomers come first; with --since those are marked as new that were first seen',
      'then, where the records go back to before it.',
      '',
      'Exit code: 0 answered; 2 nothing to answer from, or parts of the store could not be read; 3 wrong usage.',
    ].join('\n'),
  },
  flag: {
    clusterName: 'Only records of the cluster that is called so in the records',
    all: 'Also list what is used, and what Kubernetes makes again by itself',
    edges: 'Edges, one JSON object a line; - for standard input',
    allChanges: 'Also changes of objects that nobody is known to keep',
  },
  argument: {
    source: 'What is there: files, folders, patterns or evidence bundles *.kse',
    what: 'users, credentials, addresses, agents or objects',
  },
  noEvents: () => 'the store holds no audit event of that, so there is nothing to answer from',
  noManual: () => 'nothing was changed by hand that someone else keeps, as far as the records show',
  noEdges: (p: { file: string }) => `--edges: "${p.file}" has no edge`,
  notAnEdge: (p: { place: string }) =>
    `--edges: ${p.place} is no edge; write one such as {"subject":{"kind":"User","name":"jane"},"verb":"get","resource":"secrets","namespace":"shop"}`,
  period: (p: { from: string; to: string }) => `from ${p.from} to ${p.to}`,
  held: (p: { from: string; to: string }) => `records are held from ${p.from} to ${p.to}`,
  uncertain: (p: { doubts: readonly string[] }) =>
    `what is not seen may have been used all the same: ${p.doubts.join('; ')}`,
  completeness: (p: { verdict: string }) => `records: ${p.verdict} (kubestride audit completeness says why)`,
  doubt: {
    'no-audit-events': 'no audit event of that time is held',
    'shorter-than-asked': 'the records do not cover all of that time',
    gaps: 'events of that time are missing, or may be',
    damage: 'a part of the store cannot be read',
    'reads-not-recorded': 'no reads by service accounts are recorded',
    'reasons-missing': 'allowed requests do not tell by which binding',
    'younger-than-asked': 'it was made within that time',
    'tracking-too-young':
      'the API server did not note uses of legacy tokens all that time, or it is not seen that it did',
  },
  verdict: { used: 'used', unused: 'unused', 'not-known': 'not known' },
  heading: {
    accounts: 'Service accounts',
    legacyTokens: 'Legacy tokens of service accounts',
    credentials: 'Credentials that were not seen any more',
    bindings: 'Bindings',
  },
  nothingUnused: 'nothing is unused',
  of: (p: { kind: 'legacyTokens' | 'credentials' | 'bindings'; of: string }) =>
    p.of === '' ? '' : p.kind === 'bindings' ? `to ${p.of}` : `of ${p.of}`,
  last: (p: { time: string }) => `last ${p.time}`,
  madeAnew: 'Kubernetes makes it again by itself',
  requests: (p: { allowed: number; refused: number; undecided: number }) =>
    [
      p.allowed === 0 ? '' : `${p.allowed} allowed`,
      p.refused === 0 ? '' : `${p.refused} refused`,
      p.undecided === 0 ? '' : `${p.undecided} that do not tell`,
    ]
      .filter((part) => part !== '')
      .join(', '),
  events: (p: { events: number }) => plural(p.events, 'event'),
  between: (p: { first: string; last: string }) => (p.first === p.last ? p.first : `${p.first} – ${p.last}`),
  isNew: 'new',
  notSeen: 'not seen',
  addresses: (p: { addresses: string; more: boolean }) => `from ${p.addresses}${p.more ? ' and others' : ''}`,
  hand: { person: 'a person', tool: 'a service account or node with a tool of people' },
  by: (p: { hand: string; tool: string }) => (p.tool === '' ? p.hand : `${p.hand} (${p.tool})`),
  keeper: { controller: 'a controller', helm: 'Helm', argocd: 'Argo CD', flux: 'Flux' },
  evidence: { stated: '', manager: 'by who set its fields' },
  kept: (p: { by: string; name: string; note: string }) =>
    `${p.by}${p.name === '' ? '' : ` ${p.name}`}${p.note === '' ? '' : `, ${p.note}`}`,
  keptBy: (p: { keepers: string; seenIn: string }) =>
    `kept by ${p.keepers}${p.seenIn === '' ? '' : ` (${p.seenIn})`}`,
  keptByNobody: 'kept by nobody that shows',
  seenIn: {
    body: '',
    cluster: 'as it is now',
    'not-seen': 'who keeps it is not known: its body is not recorded',
  },
};
