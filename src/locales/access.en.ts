/** Words of `kubestride access`. */
export const access = {
  brief: {
    can: 'Say whether a subject may do something, and by which binding, role and rule',
    whoCan: 'List everybody who may do something',
    of: 'Show everything that a subject may do, as a matrix',
    diff: 'Say what a change grants and revokes, and to whom',
    review: 'Answer SubjectAccessReviews, one JSON object a line',
  },
  full: {
    can: [
      'kubestride access can SUBJECT VERB RESOURCE [PATH…] answers yes or no as the API server would, from the roles and bindings of',
      'the sources and those that every API server creates. With --namespace the question is asked in that namespace, without it',
      'for all namespaces and the cluster as a whole.',
      '',
      'Exit code: 0 yes; 1 no; 2 not to be decided, because a webhook decides it or not everything was read; 3 wrong usage or',
      'internal error.',
    ].join('\n'),
    whoCan: [
      'kubestride access who-can VERB RESOURCE [PATH…] lists the users, groups and service accounts that may, with the bindings',
      'that let them. With --namespace the question is asked in that namespace, without it for all namespaces and the cluster',
      'as a whole; who may in single namespaces only is listed apart.',
      '',
      'Exit code: 0 answered; 2 there may be others, because a webhook decides or not everything was read; 3 wrong usage or',
      'internal error.',
    ].join('\n'),
    of: [
      'kubestride access of SUBJECT [PATH…] shows what roles give to the subject by name and through its groups: what holds',
      'everywhere, then by namespace what holds only there. --namespace leaves out all other namespaces.',
      '',
      'Exit code: 0 answered; 2 there may be more, because not everything was read or other authorizers decide too; 3 wrong',
      'usage or internal error.',
    ].join('\n'),
    diff: [
      'kubestride access diff BEFORE AFTER compares two paths or bundles (*.kse); kubestride access diff PATH… --cluster compares',
      'manifests with the live cluster. What counts is what each subject may do in the end: a binding that is split, or gives',
      'what the subject has already, changes nothing. What a group gets is said of the group, not of its members.',
      '',
      'Exit code: 1 something is granted that was not before (--fail-on difference: or revoked; --fail-on never: 0); 2 not',
      'everything was read or compared, a role that allows more has no known holder, or a source holds no object; 0 otherwise;',
      '3 wrong usage or internal error.',
    ].join('\n'),
    review: [
      'Takes SubjectAccessReviews or their specs as the API server does: nothing is added to the groups. With -o json each line is',
      'answered by {"allowed","denied","reason"}, and by {"error"} where it is no question. What cannot be decided is neither',
      'allowed nor denied and has "unknown": true.',
      '',
      'Exit code: 0 everything was answered; 2 a line was no question or could not be decided, or no object was found; 3 wrong',
      'usage or internal error.',
    ].join('\n'),
  },
  argument: {
    subject: 'alice or User:alice, Group:devs, ServiceAccount:NAMESPACE/NAME or sa:NAMESPACE/NAME',
    verb: 'get, list, watch, create, update, patch, delete, deletecollection, or * for all',
    resource: 'pods, deploy.apps, pods/log (a subresource), pods/web (an object), or a path such as /healthz',
  },
  flag: {
    diffNamespace: 'Compare only this namespace, and what holds everywhere',
    failOn: 'Exit 1 where something is granted, on any difference, or never: granted, difference or never',
  },
  decision: { allow: 'yes', deny: 'no', 'no-opinion': 'no', unknown: 'unknown' },
  elsewhere: (p: { word: string; namespaces: string }) => `${p.word}, but yes in ${p.namespaces}`,
  bound: (p: { subject: string; binding: string; role: string }) =>
    `${p.binding} gives ${p.subject} the ${p.role}`,
  allowed: (p: { path: string; role: string; rule: string }) =>
    `${p.path}${p.role === '' ? '' : ` of ${p.role}`}: ${p.rule}`,
  rule: (p: { verbs: string; what: string; names: string }) =>
    `${p.verbs} on ${p.what}${p.names === '' ? '' : ` named ${p.names}`}`,
  asked: (p: { user: string; verb: string; resource: string; namespace: string }) =>
    `${p.user} ${p.verb} ${p.resource}${p.namespace === '' ? '' : ` in ${p.namespace}`}`,
  unusableLine: () => 'the line is longer than 1 MiB or not UTF-8',
  nobody: () => 'nobody',
  privileged: () => 'every API server lets this group do everything',
  failedCondition: (p: { authorizer: string; expression: string; problem: string }) =>
    `refused because a match condition of ${p.authorizer} fails: ${p.expression} (${p.problem})`,
  byAuthorizer: (p: { authorizer: string }) => `decided by the authorizer ${p.authorizer}`,
  holder: (p: { subject: string; groups: string }) => `${p.subject}, in the groups ${p.groups}`,
  nothing: () => 'may do nothing',
  everything: (p: { by: 'system:masters' | 'AlwaysAllow' }): string =>
    p.by === 'AlwaysAllow'
      ? 'may do everything: the authorizer AlwaysAllow allows everything to everybody'
      : 'may do everything: every API server lets the group system:masters',
  everywhere: () => 'everywhere',
  inNamespace: (p: { namespace: string }) => `in the namespace ${p.namespace}`,
  more: (p: { unseen: string }) => `there may be more: ${p.unseen}`,
  granted: () => 'granted',
  revoked: () => 'revoked',
  unheld: () => 'changed roles without a known holder, whose bindings may be elsewhere',
  unheldColumns: () => ['', 'Role', 'Verbs', 'What'],
  unheldSaid: (p: { count: number }) =>
    `${p.count} changed ${p.count === 1 ? 'role has' : 'roles have'} no holder among the sources; whoever has a binding elsewhere may do more or less than before`,
  noDifference: () => 'nobody may do more or less than before',
  notCompared: (p: { unseen: string }) => `the comparison is not complete: ${p.unseen}`,
  diffColumns: () => ['', 'Subject', 'Where', 'Verbs', 'What', 'Binding'],
  byNode: (p: { subjects: string }) => `by the Node authorizer: ${p.subjects}`,
  onlyIn: (p: { namespaces: string }) => `only in ${p.namespaces}`,
  others: (p: { unseen: string }) => `there may be others: ${p.unseen}`,
  authorizers: (p: { authorizers: string; statedBy: string }) =>
    `asked: ${p.authorizers} (${p.statedBy === '' ? 'as usual; no API server is among the sources' : `as ${p.statedBy} says`})`,
  problem: {
    'missing-role': (p: { name: string }) => `the ${p.name} is not there`,
    'unusable-role-reference': (p: { name: string }) => `"${p.name}" is no role that this binding can give`,
    'subject-without-namespace': (p: { name: string }) =>
      `the ServiceAccount ${p.name} needs its namespace; this is nobody`,
    'unusable-subject': (p: { name: string }) =>
      p.name === ''
        ? 'the subject has no kind'
        : `the subject "${p.name}" is no User, Group or ServiceAccount with a name`,
    'stated-twice': () => 'stated more than once; each of them counts',
    'invalid-selector': () => 'Kubernetes refuses the selector, so nothing is aggregated by it',
    'aggregation-cycle': (p: { name: string }) => `takes the rules of ${p.name}, which takes its own`,
    'no-rules': () => 'the role has no rules',
    'empty-rule': () => 'the rule allows nothing',
    'unknown-api-group': (p: { name: string }) => `nothing among the sources defines the API group ${p.name}`,
    'matches-nothing': (p: { name: string }) =>
      `"${p.name}" matches no request; stars stand alone, before a subresource (*/scale) or at the end of a path`,
    'version-as-group': (p: { name: string }) =>
      `"${p.name}" is no API group; groups are written without a version, and the one of v1 is ""`,
    'resources-and-paths': () => 'Kubernetes refuses a rule for both resources and paths',
    'paths-in-role': () => 'Kubernetes refuses paths in a Role, since a path is in no namespace',
  },
  moreProblems: (p: { count: number }) => `${p.count} more problems of roles and bindings; -o json names all`,
  processOf: (p: { node: string }) => `the process on node ${p.node}`,
  builtIn: () => '(every API server creates it)',
  blind: {
    list: (p: { list: string; reason: string }) => `${p.list} were not read (${p.reason})`,
    namespace: (p: { only: string }) => `only the namespace ${p.only} was read`,
    documents: (p: { count: number }) =>
      `${p.count} ${p.count === 1 ? 'document or file was' : 'documents or files were'} not read`,
    authorizer: (p: { type: string; name: string }) =>
      p.type === 'AlwaysAllow'
        ? 'the authorizer AlwaysAllow allows everything to everybody'
        : p.type === 'Node'
          ? 'the Node authorizer lets a node do more than is listed: what its pods need, and what is its own'
          : `${p.type === '' ? p.name : p.type === 'Webhook' ? `the webhook ${p.name}` : `the authorizer ${p.type}`} decides too`,
    configuration: (p: { problem: string }) =>
      `an API server does not take the authorizers that it is configured with: ${p.problem}`,
    authorizers: (p: { before: string; after: string }) =>
      `the API servers ask others than before (${p.before} before, ${p.after} after)`,
    nodes: (p: { nodes: string; more: boolean }) =>
      `not all pods and volumes were seen that may lead nodes to it${p.nodes === '' ? '' : `: ${p.nodes}${p.more ? ', …' : ''}`}`,
    role: (p: { role: string; binding: string }) =>
      `${p.binding} gives the ${p.role}, which is not among the sources`,
  },
  notes: {
    unknownResource: (p: { resource: string; near: readonly string[] }) =>
      `no API that is known has a resource "${p.resource}", so it is taken as it is, of the core group${p.near.length === 0 ? '' : `; did you mean ${p.near.join(' or ')}?`}`,
    unknownVerb: (p: { verb: string; resource: string; verbs: readonly string[] }) =>
      `"${p.verb}" is none of the verbs of ${p.resource}: ${p.verbs.join(', ')}`,
    clusterScoped: (p: { resource: string; namespace: string }) =>
      `${p.resource} are in no namespace, so --namespace ${p.namespace} does not matter`,
  },
};
