const count = (number: number, one: string, many = `${one}s`) => `${number} ${number === 1 ? one : many}`;

/** Words of `kubestride network generate`. */
export const networkGenerate = {
  brief:
    'Make the least NetworkPolicies for namespaces or workloads out of evidence, and prove that they hold to it',
  full: [
    'kubestride network generate [PATH…] writes NetworkPolicies that let through what there is evidence for, and nothing else. Evidence',
    'is what objects say (Services, Ingresses, routes, monitors, webhooks, bindings of service accounts), what settings refer to',
    '(variables, arguments, ConfigMaps), and what flow logs show (--flows): Hubble, Calico, Istio, VPC logs of AWS and Google, or CSV.',
    'A comment on each peer says where it comes from. The engine then judges the result: what is kept, and what more passes.',
    '',
    'Exit code: 0 made and proven; 1 the proof fails: evidence is stopped, or more than the evidence passes; 2 some evidence could not',
    'become a rule, or something is unknown or was not read; 3 wrong usage or internal error.',
  ].join('\n'),
  flag: {
    namespace: 'Only the workloads of this namespace (default: all but kube-system)',
    workload: 'Only this workload, as NAMESPACE/NAME, or the app of this name; may be repeated',
    flows: 'Flow log to take as evidence; - for standard input; may be repeated',
    includeDropped: 'Take connections that were stopped for wanted ones as well',
    includeAmbiguous: 'Take a word for the name of a Service even where it may be the name of something else',
    apiServer: 'Where the API server is reached from pods, as ADDRESS:PORT; may be repeated',
    output: 'yaml or json',
  },
  notAnAddress: (p: { value: string }) => `"${p.value}" is not ADDRESS:PORT`,
  nobody: (p: { name: string; near: readonly string[] }) =>
    `no workload or app is called ${p.name}${p.near.length > 0 ? `; did you mean ${p.near.join(' or ')}?` : ''}`,
  noWorkloadIn: (p: { namespace: string }) => `there is no workload in namespace ${p.namespace}`,
  twoFromStdin: () => 'standard input can be read only once',
  head: {
    made: (p: { version: string; scope: string; flows: number; policies: number }) =>
      `Made by KubeStride ${p.version} for ${p.scope}: ${count(p.policies, 'policy', 'policies')} for ${count(p.flows, 'flow')} of evidence.`,
    scope: {
      nobody: () => 'no workload',
      namespaces: (p: { names: string }) => `the whole of ${p.names}`,
      workloads: (p: { names: string }) => p.names,
    },
    replaces: () =>
      'They take the place of these policies, which have to be deleted, as policies only ever add to each other:',
    replacesNone: () => 'No NetworkPolicy of the sources is for these pods.',
    probes: () =>
      "Probes of the kubelet need no rule: no NetworkPolicy stops what comes from the pod's own node.",
    outOfReach: (p: { workloads: string }) =>
      `On the network of their node, where NetworkPolicies do not hold: ${p.workloads}.`,
    log: (p: { lines: number; files: string; dropped: number; unknown: number; replies: number }) =>
      `Flow logs: ${count(p.lines, 'line')} of ${p.files}; left out ${count(p.dropped, 'dropped flow')}, ${count(p.replies, 'reply', 'replies')} and ${count(p.unknown, 'line')} not understood.`,
    nobody: (p: { namespace: string; workloads: string }) =>
      `Nothing shows who uses these workloads of ${p.namespace}, so that nobody reaches them: ${p.workloads}.`,
  },
  policy: {
    'default-deny': () => 'What no other policy lets through is stopped.',
    dns: () => 'Every pod may ask the DNS of the cluster.',
    workload: (p: { workloads: string }) => `For ${p.workloads}.`,
    alike: (p: { workloads: string }) =>
      `One policy for ${p.workloads}: no label that outlives a release tells their pods apart.`,
  },
  because: {
    reference: (p: { text: string; place: string }) => `${p.text} (${p.place})`,
    'load-balancer': (p: { text: string; place: string }) => `load balancer: ${p.text} (${p.place})`,
    'node-port': (p: { text: string; place: string }) => `node port: ${p.text} (${p.place})`,
    'external-ip': (p: { text: string; place: string }) => `external IP: ${p.text} (${p.place})`,
    'host-port': (p: { text: string; place: string }) => `host port ${p.text} (${p.place})`,
    ingress: (p: { text: string; place: string }) => `${p.text} (${p.place})`,
    'gateway-route': (p: { text: string; place: string }) => `${p.text} (${p.place})`,
    'openshift-route': (p: { text: string; place: string }) => `${p.text} (${p.place})`,
    metrics: (p: { text: string; place: string }) => `metrics are collected: ${p.text} (${p.place})`,
    webhook: (p: { text: string; place: string }) => `called by the API server: ${p.text} (${p.place})`,
    'api-server': (p: { text: string; place: string }) => `talks to the API server: ${p.text} (${p.place})`,
    dns: (p: { text: string; place: string }) =>
      p.text === '' ? 'DNS of the cluster' : `${p.text}${p.place === '' ? '' : ` (${p.place})`}`,
    flows: (p: { text: string; place: string }) => `seen: ${p.text}`,
  },
  seen: (p: { count: number; first: string; last: string; files: string }) =>
    `${count(p.count, 'flow')}${p.first === '' ? '' : `, ${p.first} – ${p.last}`}, ${p.files}`,
  remark: {
    'proxy-unknown': 'from everywhere, as no ingress controller or gateway is among the sources',
    'proxy-on-node':
      'from everywhere, as the ingress controller or gateway is on the network of its node, which no selector selects',
    rewritten:
      'from every address, as the node may rewrite that of the client; with externalTrafficPolicy: Local the source ranges could stand here',
    'api-server-unknown': 'from everywhere, as no selector selects the API server',
    'many-addresses': 'addresses are many and stand as the networks that hold them',
    'peer-on-node':
      'on the network of its node: whether the network plugin knows it by its labels is up to it',
  },
  leftOut: {
    'external-name': (p: { text: string; where: string }) =>
      `${p.text}${p.where} leads out of the cluster, and no NetworkPolicy can name a host; --flows gives its addresses`,
    'unknown-service': (p: { text: string; where: string }) =>
      `${p.text}${p.where}: no such Service is among the sources`,
    'no-grant': (p: { text: string; where: string }) =>
      `${p.text}${p.where}: no ReferenceGrant among the sources lets it refer to another namespace`,
    'no-such-port': (p: { text: string; where: string }) =>
      `${p.text}${p.where}: the Service has no such port`,
    'no-pods': (p: { text: string; where: string }) =>
      `${p.text}${p.where}: no pod among the sources is behind the Service`,
    'no-target': (p: { text: string; where: string }) =>
      `${p.text}${p.where}: no pod behind it has the port that it leads to`,
    ambiguous: (p: { text: string; where: string }) =>
      `${p.text}${p.where}: a word that may mean something else than the Service of this name`,
    'in-secret': (p: { text: string; where: string }) =>
      `${p.text}${p.where} is in a Secret, whose values are not read`,
    'no-prometheus': (p: { text: string; where: string }) =>
      `metrics are collected (${p.text}${p.where}) by pods that are not among the sources`,
    'api-server': (p: { text: string; where: string }) =>
      `talks to the API server (${p.text}${p.where}), whose addresses are not known; --api-server ADDRESS:PORT gives them`,
    'host-network': (p: { text: string; where: string }) => `seen from or to a node: ${p.text}${p.where}`,
    'unknown-end': (p: { text: string; where: string }) =>
      `seen, with an end that is not known: ${p.text}${p.where}`,
    'unknown-direction': (p: { text: string; where: string }) =>
      `seen, and either end may be the server: ${p.text}${p.where}`,
  },
  leftOutHeading: () => 'Left out:',
  everybody: () => 'from everybody:',
  more: (p: { count: number }) => `… and ${p.count} more`,
  unknownLines: (p: { count: number; places: string; more: boolean }) =>
    `${count(p.count, 'line')} of flow logs not understood: ${p.places}${p.more ? ', …' : ''}`,
  beyond: (p: { count: number }) =>
    `too many different connections in the flow logs: ${count(p.count, 'line')} not counted`,
  kept: (p: { isProven: boolean; kept: number; flows: number; stopped: number; narrowed: number }) =>
    `${p.isProven ? 'proven' : 'not proven'}: ${p.kept} of ${count(p.flows, 'flow')} of evidence pass; pairs of workloads stopped: ${p.stopped}, narrowed: ${p.narrowed}`,
  lost: (p: { flow: string }) => `does not pass, although there is evidence for it: ${p.flow}`,
  undecided: (p: { flow: string }) => `unknown whether it passes: ${p.flow}`,
  excess: (p: { from: string; to: string; ports: string }) =>
    `passes without evidence: ${p.from} => ${p.to} : ${p.ports}`,
  outside: 'addresses outside of the cluster',
  everywhere: 'everywhere',
  noEvidence: () => 'nothing shows that anything has to pass, so that the policies stop everything but DNS',
  leftOutCount: (p: { count: number }) => `${count(p.count, 'sign')} of a connection did not become a rule`,
  outOfReach: (p: { workloads: string }) =>
    `on the network of their node, out of the reach of NetworkPolicies: ${p.workloads}`,
};
