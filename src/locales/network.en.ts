function nearText(near: readonly string[]): string {
  return near.length === 0 ? '' : `; did you mean ${near.join(' or ')}?`;
}

interface ProblemCounts {
  readonly refused: number;
  readonly readAsMeant: number;
  readonly opaque: number;
  readonly unordered: number;
  readonly strays: number;
}

/** Words of `kubestride network`. */
export const network = {
  brief: {
    connections: 'List what can reach what, and on which ports',
    diff: 'Say what a change lets through and what it stops',
    unused: 'Say which policies and rules change nothing, and which selectors match nothing',
    query: 'Say whether one end can reach another, and by which policy and rule',
  },
  full: {
    connections: [
      'kubestride network connections [PATH…] lists every pair of workloads and address blocks between which the policies of the',
      'sources let something through, with the protocols and ports. What passes between the pods of one workload is left out.',
      'Ingresses, routes of the Gateway API and Routes count as an end of their own, ingress-controller.',
      '-o svg and -o mermaid draw it: workloads with the same connections are one node, and what holds of all pods is one arrow.',
      '--focus, --from, --to and --port show a part of it.',
      '',
      'Exit code: 0 everything is known; 2 something is unknown, because a policy is in a language that is not evaluated, is',
      'refused by the API server or was not read, or nothing was found; 3 wrong usage or internal error.',
    ].join('\n'),
    diff: [
      'kubestride network diff BEFORE AFTER compares two paths or bundles (*.kse); kubestride network diff PATH… --cluster compares',
      'manifests with the live cluster. What counts is what passes in the end, and not how the policies are written.',
      '',
      'Exit code: 1 something passes that did not before (--fail-on difference: or is stopped; --fail-on never: 0); 2 something is',
      'unknown in one of the states, or a source holds no object; 0 otherwise; 3 wrong usage or internal error.',
    ].join('\n'),
    unused: [
      'kubestride network unused [PATH…] names policies that select no pod of the sources or change nothing of what passes, rules that',
      'others make superfluous, and peers that match no pod, with labels that look like a slip of the pen. A policy that denies by',
      'default is never called superfluous.',
      '',
      'Exit code: 0 nothing of the kind; 1 something; 2 not everything is evaluated, or nothing was found; 3 wrong usage or internal',
      'error.',
    ].join('\n'),
    query: [
      'kubestride network query FROM TO [PORT] [PATH…] asks about one pair; without PORT it names the open ports. With --probes FILE',
      'it answers one question a line: {"from":"shop/web","to":"shop/db","protocol":"TCP","port":5432}; an end is a pod or',
      'workload as NAMESPACE/NAME, or {"ip":"…"}.',
      '',
      'Exit code: 0 allowed (with --probes: everything was answered); 1 not allowed; 2 unknown; 3 wrong usage or internal error.',
    ].join('\n'),
  },
  argument: {
    from: 'A pod or workload as NAMESPACE/NAME, or an address',
    to: 'A pod or workload as NAMESPACE/NAME, or an address',
    port: '80, UDP/53 or TCP/http; without it all ports',
  },
  flag: {
    format: 'txt, json, csv, md, dot, svg or mermaid',
    focus: 'Only what this workload (NAMESPACE/NAME or NAME) sends or gets',
    from: 'Only what this workload sends, or ingress-controller',
    to: 'Only what this workload gets',
    port: 'Only this port: 80 or UDP/53',
    failOn:
      'Exit 1 where something passes that did not, on any difference, or never: granted, difference or never',
    probes: 'Answer the questions of this file, one JSON object a line; - for standard input',
  },
  direction: { ingress: 'ingress', egress: 'egress' },
  answer: { yes: 'yes', no: 'no', unknown: 'unknown' },
  allPorts: 'all ports',
  noPort: 'no port',
  maybe: (p: { ports: string }) => `unknown: ${p.ports}`,
  because: {
    allowed: (p: { rule: string; place: string }) => `allowed by ${p.rule} (${p.place})`,
    denied: (p: { rule: string; place: string }) => `denied by ${p.rule} (${p.place})`,
    'passed-on': (p: { rule: string; place: string }) => `passed on by ${p.rule} (${p.place})`,
    undecided: (p: { rule: string; place: string }) =>
      `perhaps decided by ${p.rule} (${p.place}), whose peers are not known here`,
    'no-rule': (p: { policies: string }) => `isolated by ${p.policies}, of which no rule allows it`,
    'host-network': (p: { policies: string }) =>
      `on the network of its node, where it is up to the network plugin whether ${p.policies} holds`,
    'own-node': () => 'from its own node, which no NetworkPolicy can refuse',
    'maybe-own-node': () =>
      'the other end may count as its own node, which passes whatever NetworkPolicies say; that is up to the network plugin',
    'not-isolated': () => 'no policy speaks of it, so it passes',
    'not-evaluated': (p: { policies: string }) => `not evaluated: ${p.policies}`,
    itself: () => 'a pod always reaches itself',
  },
  unusedBecause: {
    'selects-nothing': (p: { near: readonly string[] }) => `selects none of the pods here${nearText(p.near)}`,
    'peer-matches-nothing': (p: { near: readonly string[] }) =>
      `matches none of the pods here${nearText(p.near)}`,
    'rule-without-effect': () => 'changes nothing: others let through or stop all of it already',
    'policy-without-effect': () => 'changes nothing: without it, the same passes',
  },
  nothingUnused: (p: { policies: number }) =>
    `nothing: each of ${p.policies} policies and all their rules have an effect`,
  noDifference: 'no difference',
  only: { before: 'a workload that is gone', after: 'a new workload' },
  table: { from: 'From', to: 'To', ports: 'Ports' },
  nobody: (p: { name: string; near: readonly string[] }) =>
    `there is no pod or workload ${p.name}${p.near.length > 0 ? `; did you mean ${p.near.join(' or ')}?` : '; name it as NAMESPACE/NAME'}`,
  several: (p: { name: string; choices: readonly string[] }) =>
    `${p.name} is the name of several workloads; name one of ${p.choices.join(', ')}`,
  nobodyFound: () => 'no workload was found, so that there is nothing to reach',
  noWorkload: (p: { flag: string; name: string; near: readonly string[] }) =>
    `${p.flag}: there is no workload ${p.name}${nearText(p.near)}`,
  notAFocus: (p: { value: string }) => `--port: "${p.value}" is no port: 80 or UDP/53`,
  notAnEnd: (p: { value: string }) => `"${p.value}" is no address and not NAMESPACE/NAME`,
  noPod: () => 'one of the two ends must be a pod or a workload',
  notAPort: (p: { value: string }) =>
    `"${p.value}" is no port: a number from 1 to 65535, or a name of the pod's`,
  notAProtocol: (p: { value: string }) => `"${p.value}" is no protocol: TCP, UDP or SCTP`,
  noSuchPort: (p: { name: string; pod: string }) => `${p.pod} has no port named ${p.name}`,
  unusableLine: () => 'a probe is one JSON object with from, to, protocol and port',
  refused: (p: { policy: string; path: string; value: string; place: string }) =>
    `the API server refuses ${p.policy} (${p.place}): ${p.path}${p.value === '' ? '' : ` is "${p.value}"`}; it is left out`,
  readAsMeant: (p: { policy: string; path: string; place: string }) =>
    `the API server refuses ${p.policy} (${p.place}) for ${p.path}; it is read as it is meant`,
  opaque: (p: { policy: string }) => `not evaluated: ${p.policy}; what it decides is unknown`,
  missingNamespace: (p: { policy: string; place: string; namespace: string }) =>
    `${p.policy} (${p.place}) is for namespace ${p.namespace}, of which there is neither the Namespace nor a pod here: it holds for nothing`,
  samePriority: (p: { rule: string; place: string; other: string; otherPlace: string; priority: string }) =>
    `${p.rule} (${p.place}) and ${p.other} (${p.otherPlace}) contradict each other at priority ${p.priority}: which comes first is not defined`,
  problemCounts: (p: ProblemCounts) => {
    const parts = [
      ...(p.refused > 0 ? [`${p.refused} left out`] : []),
      ...(p.readAsMeant > 0 ? [`${p.readAsMeant} read as meant`] : []),
      ...(p.opaque > 0 ? [`${p.opaque} not evaluated`] : []),
      ...(p.unordered > 0 ? [`contradictory pairs: ${p.unordered}`] : []),
      ...(p.strays > 0 ? [`${p.strays} for namespaces that are not there`] : []),
    ];
    return `policies: ${parts.join(', ')}`;
  },
  unknownPairs: (p: { count: number }) => `unknown between ${p.count} pairs`,
};
