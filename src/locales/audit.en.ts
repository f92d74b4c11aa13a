/** Words of `kubestride audit`. */
export const audit = {
  brief: {
    audit: 'Say what happened and who did it; keep records; judge audit policies',
    policy: 'Decide by an audit policy as the API server does',
    decide: 'Say at which level requests are audited, and by which rule',
    generate: 'Write an audit policy for what an investigation will ask',
    lint: 'Say what an audit policy cannot mean, leaks, and leaves out',
  },
  full: {
    decide: [
      'Reads requests, one JSON object a line: {"user","groups":[…],"verb","resourceRequest":true|false,"apiGroup","apiVersion",',
      '"resource","subresource","namespace","name","path"}, and answers each with the level, the stages that are left out, and the',
      'rule (counted from 0) that decides; null where none matches, which means None. Exit code: 0 all answered; 2 a line is no',
      'request, or there is none; 3 wrong usage, or a policy with which the API server does not start.',
    ].join('\n'),
    generate: [
      'Writes a policy that logs what the goals ask for, bodies where the question is what was written, never those of Secrets, ConfigMaps',
      'and tokens, and leaves out what only fills the log; each rule says why it is there. The result passes `audit policy lint`.',
      'Without --goal: all of them. Exit code: 0; 3 wrong usage.',
    ].join('\n'),
    lint: [
      'Names rules that earlier ones leave nothing for, values that match nothing, credentials whose bodies get into the log, and what an',
      'investigation would ask for and not find: commands in pods, changes of rights, tokens, webhooks … for people, administrators,',
      'service accounts and strangers, each with the rule that decides. Exit code: 0 nothing to say; 1 something; 3 wrong usage.',
    ].join('\n'),
  },
  flag: {
    audit: 'Say what the policy would have written of these audit logs: files or folders; repeatable',
    goal: 'What must be answered, such as commands-in-pods, rights-changed, secrets-read; repeatable (default: all)',
    also: 'What else is logged, as Metadata: needs (nothing), changes, or everything',
    policy: 'The file of the audit policy (audit.k8s.io/v1)',
    requests: 'The file of requests, one JSON object a line, or - for standard input',
  },
  notYaml: (p: { place: string; problem: string }) => `${p.place}: ${p.problem}; mend the file`,
  noPolicy: (p: { file: string; seen: string }) =>
    `${p.file} holds no Policy of audit.k8s.io/v1${p.seen === '' ? '' : ` (it holds ${p.seen})`}; give the file of --audit-policy-file`,
  severalPolicies: (p: { file: string; count: number }) =>
    `${p.file} holds ${p.count} audit policies; an API server takes one, give it a file of its own`,
  tooLarge: (p: { file: string; bytes: number }) =>
    `${p.file} is larger than ${p.bytes} bytes, which no audit policy is; give the file of --audit-policy-file`,
  refused: (p: { file: string; reason: string }) =>
    `the API server does not start with ${p.file}: ${p.reason}; mend it first`,
  ignored: (p: { warning: string }) => `the API server passes over ${p.warning}`,
  unusableLine: 'the line is no UTF-8, or longer than a MiB',
  wrongField: (p: { field: string }) =>
    p.field === '' ? 'the line is no JSON object' : `the field ${p.field} has the wrong type`,
  refusedField: (p: { message: string }) => `the API server does not start with it: ${p.message}`,
  clean: (p: { file: string }) => `${p.file}: nothing to say`,
  finding: {
    unreachable: (p: { before: string }) =>
      `no request is left for this rule: ${p.before} match all of them first`,
    matchesNothing: (p: { value: string }) =>
      `'${p.value}' matches no request: no value is a pattern here, and verbs are those of the API`,
    noOutcome: (p: { stages: string }) => `no event tells how these requests end: it leaves out ${p.stages}`,
    receivedToo:
      'each request makes two events, of which the first (RequestReceived) tells less than the second: omitStages at the top leaves it out',
    leak: (p: { verbs: string; resource: string; level: string }) =>
      `${p.level} writes credentials into the log: ${p.verbs} of ${p.resource}; Metadata tells who did it`,
    gap: (p: {
      need: string;
      actors: readonly string[];
      verbs: string;
      resource: string;
      level: string;
      needed: string;
    }) =>
      `${p.need}: ${p.verbs} of ${p.resource} by ${p.actors.join(', ')} ${p.level === 'None' ? 'leaves no event' : `is logged as ${p.level}`}, ${p.needed} is needed`,
  },
  volume: {
    kept: (p: { events: number; of: number; bytes: string; ofBytes: string; perDay: string }) =>
      `volume: ${p.events} of the ${p.of} events of the log, ${p.bytes} of ${p.ofBytes}${p.perDay === '' ? '' : `, ${p.perDay} a day`}`,
    largest: (p: { requests: string; events: number; bytes: string }) =>
      `  ${p.bytes}  ${p.events} × ${p.requests}`,
    larger: (p: { count: number }) =>
      `at least: ${p.count} of these events would hold bodies that this log does not show`,
    unseen: 'at least: what the log leaves out already is not counted',
    unmeasured: (p: { count: number }) =>
      `${p.count} events do not tell their level and stage and are not counted`,
    nothing: 'volume: the logs hold no event that can be measured',
  },
  policyHead: (p: { version: string; goals: readonly string[]; also: string }) => [
    `Written by kubestride ${p.version} audit policy generate; give it to the API server as --audit-policy-file.`,
    'It answers:',
    ...p.goals.map((goal) => `- ${goal}`),
    ...(p.also === 'needs'
      ? ['and logs nothing else.']
      : [
          p.also === 'changes'
            ? 'and logs every other change as Metadata.'
            : 'and logs everything else as Metadata.',
        ]),
  ],
  reason: {
    health: 'health checks and descriptions of the API, asked for all the time, and the same for everybody',
    leases: 'heartbeats and elections',
    events: 'events are a log of their own; that they are removed is logged',
    'node-status': 'kubelets report on their nodes and pods all the time',
    reviews: 'questions about rights, which change nothing',
    rest: 'whatever else, by whom and when',
  },
  actor: {
    person: 'people',
    administrator: 'administrators',
    'service-account': 'service accounts',
    stranger: 'whoever is not signed in',
  },
  need: {
    'commands-in-pods': 'who ran what in pods',
    'debug-containers': 'who put debug containers into pods',
    'secrets-read': 'who read Secrets',
    'secrets-changed': 'who changed Secrets',
    'rights-changed': 'who changed rights, and to what',
    'tokens-issued': 'who got tokens of service accounts',
    'certificates-issued': 'who got client certificates',
    'workloads-changed': 'who started what',
    'interception-changed': 'who changed webhooks, admission policies and APIs',
    'nodes-reached': 'who reached nodes through the API server, or removed them',
    'network-changed': 'who opened the network',
    'configuration-changed': 'who changed ConfigMaps',
    'accounts-and-namespaces-changed': 'who changed service accounts and namespaces',
    'storage-changed': 'who changed volumes',
    'evidence-removed': 'who removed events',
    strangers: 'what those did who were not signed in',
  },
  noRule: 'no rule',
  without: (p: { stages: string }) => `without ${p.stages}`,
};
