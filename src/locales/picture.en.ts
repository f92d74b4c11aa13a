const plural = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

/** Words in the pictures of `kubestride network connections -o svg` and `-o mermaid`. */
export const picture = {
  title: 'What can reach what',
  summary: (p: { workloads: number; namespaces: number }) =>
    `${plural(p.workloads, 'workload', 'workloads')} in ${plural(p.namespaces, 'namespace', 'namespaces')}, as policies let packets through.`,
  namespace: (p: { name: string }) => `namespace ${p.name}`,
  namespaces: (p: { count: number }) => plural(p.count, 'namespace', 'namespaces'),
  workloads: (p: { count: number }) => plural(p.count, 'workload', 'workloads'),
  more: (p: { count: number }) => `+ ${p.count} more`,
  every: {
    pod: 'every pod',
    address: 'every address drawn here',
    namespace: 'every other whole namespace',
  },
  everyPodOf: (p: { namespace: string }) => `every pod of ${p.namespace}`,
  outside: 'outside of the cluster',
  ingressController: 'ingress controllers',
  hostNetwork: 'on the network of the node',
  addresses: {
    internet: 'the internet',
    'private-networks': 'private networks',
    'special-purpose': 'special-purpose addresses',
  },
  family: (p: { of: string; family: string }) => `${p.of} (${p.family})`,
  within: (p: { of: string; blocks: string }) => `in ${p.of}: ${p.blocks}`,
  except: (p: { of: string; blocks: string }) => `${p.of} except ${p.blocks}`,
  from: (p: { from: string; ports: string }) => `from ${p.from}: ${p.ports}`,
  to: (p: { to: string; ports: string }) => `to ${p.to}: ${p.ports}`,
  among: (p: { ports: string }) => `among themselves: ${p.ports}`,
  some: (p: { ports: string }) => `some: ${p.ports}`,
  unknown: (p: { ports: string }) => `unknown: ${p.ports}`,
  fromTo: (p: { from: string; to: string; ports: string }) => `${p.from} → ${p.to}: ${p.ports}`,
  between: (p: { from: string; to: string; ports: string }) => `${p.from} ↔ ${p.to}: ${p.ports}`,
  notDrawn: () =>
    'Not drawn: what passes inside of one workload, and from the node of a pod, which no NetworkPolicy stops.',
  grouped: (p: { workloads: number; nodes: number }) =>
    `Workloads of a namespace with the same connections are one node: ${p.workloads} in ${plural(p.nodes, 'node', 'nodes')}.`,
  collapsed: (p: { count: number; names: string }) =>
    `Too much for one picture, so ${plural(p.count, 'namespace is', 'namespaces are')} drawn as a whole, and their arrows hold for some of their pods: ${p.names}.`,
  part: () => 'Only the connections that were asked for are drawn, and their ends.',
  nothing: () => 'Nothing of what is drawn here passes.',
  names: (p: { names: string; more: number }) => (p.more === 0 ? p.names : `${p.names} and ${p.more} more`),
  tooManyArrows: (p: { arrows: number; most: number }) =>
    `no picture: ${p.arrows} arrows are left where ${p.most} can be read; give fewer folders, or use another format`,
  tooManyWorkloads: (p: { workloads: number; most: number }) =>
    `no picture: ${p.workloads} workloads, of which ${p.most} can be compared with each other; give fewer folders, or use another format`,
  legend: {
    title: 'Legend',
    allowed: 'passes, on these ports',
    unknown: 'unknown: may pass, and nobody knows',
    boundary: 'namespace: a trust boundary',
    workload: 'workload, or several with the same connections',
    every: 'stands for all that it names',
    outside: 'addresses outside of the cluster',
    whole: 'whole namespaces; an arrow holds for some of their pods',
    lines: 'a line inside of a node or a boundary stands for arrows from or to all that it names',
  },
};
