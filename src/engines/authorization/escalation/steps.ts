import { asString } from '../../../kubernetes/json.ts';
import type { KubernetesObject } from '../../../kubernetes/object.ts';
import type { Edge, Network, Way } from './edges.ts';
import type { Certainty, Command, Power, Reached, Use } from './power.ts';
import { POWERS } from './powers/index.ts';
import type { Right } from './rights.ts';
import type { Vertex } from './vertex.ts';

/** One thing that somebody does on a path. */
export interface Step {
  readonly from: Vertex;
  readonly to: Vertex;
  readonly way: Way;
  readonly certainty: Certainty;
  /** What allows it. */
  readonly because: readonly Right[];
  /** What it goes through: the name of a pod, a Secret, a role. */
  readonly through: string | undefined;
  /** The object that shows that it leads there. */
  readonly seen: KubernetesObject | undefined;
  /** How it is done, for an auditor to read. */
  readonly commands: readonly Command[];
}

/** The steps of a path: hubs are left out, and so is what is reached by definition. */
export function stepsOf(network: Network, start: number, path: readonly Edge[]): Step[] {
  const steps: Step[] = [];
  let from = network.vertices[start]!;
  for (let at = 0; at < path.length; ) {
    const first = path[at]!;
    const edges = [first];
    for (at++; network.vertices[edges[edges.length - 1]!.to]!.kind === 'Hub' && at < path.length; at++) {
      edges.push(path[at]!);
    }
    const to = network.vertices[edges[edges.length - 1]!.to]!;
    if (first.way !== undefined) steps.push(stepOf(network, from, to, first.way, edges));
    from = to;
  }
  return steps;
}

function stepOf(network: Network, from: Vertex, to: Vertex, way: Way, edges: readonly Edge[]): Step {
  const through = edges.findLast((edge) => edge.through !== undefined)?.through;
  const seen = edges.findLast((edge) => edge.seen !== undefined)?.seen;
  const passed = edges.map((edge) => network.vertices[edge.to]!.namespace);
  const namespace = to.kind === 'Namespace' ? to.name : passed.findLast((each) => each !== undefined);
  return {
    from,
    to,
    way,
    certainty: edges.some(({ certainty }) => certainty === 'possible') ? 'possible' : 'proven',
    because: edges[0]!.because,
    through,
    seen,
    commands: commandsOf(way, from, to, {
      namespace: namespace ?? edges[0]!.because[0]?.grant.namespace,
      through,
      seen,
      uses: edges[0]!.uses ?? [],
    }),
  };
}

const BY_ID: ReadonlyMap<string, Power> = new Map(POWERS.map((power) => [power.id, power]));

const REACHED: Readonly<Record<Vertex['kind'], Reached>> = {
  User: 'user',
  Group: 'group',
  ServiceAccount: 'account',
  Node: 'node',
  Kubelet: 'kubelet',
  Role: 'role',
  Namespace: 'role',
  Target: 'target',
  Hub: 'target',
};

const CIRCUMSTANCES: Readonly<Partial<Record<Way, readonly Command[]>>> = {
  'node-credentials': ['KUBECONFIG=/etc/kubernetes/kubelet.conf kubectl auth whoami # on node $NODE'],
  'control-plane-node': ['KUBECONFIG=/etc/kubernetes/admin.conf kubectl auth whoami # on node $NODE'],
};

function commandsOf(
  way: Way,
  from: Vertex,
  to: Vertex,
  {
    namespace,
    through,
    seen,
    uses,
  }: Pick<Step, 'through' | 'seen'> & {
    readonly namespace: string | undefined;
    readonly uses: readonly Use[];
  },
): Command[] {
  const commands =
    way === 'node-pods'
      ? nodePods(from)
      : (CIRCUMSTANCES[way] ?? forReached(BY_ID.get(way)?.commands ?? {}, to, uses));
  const onNode = from.kind === 'Node' || from.kind === 'Kubelet' ? from.name : undefined;
  const words: Readonly<Record<string, string>> = {
    NAMESPACE: namespace ?? '<namespace>',
    ACCOUNT: to.name,
    USER: to.kind === 'ServiceAccount' ? `system:serviceaccount:${to.namespace}:${to.name}` : to.name,
    GROUP: to.name,
    NODE: (to.kind === 'Node' || to.kind === 'Kubelet' ? to.name : onNode) || '<node>',
    ROLE: to.kind === 'Role' ? to.name : 'cluster-admin',
    // What owns a pod stands for it in the sources, but no request takes it for one.
    NAME: through === undefined ? '<name>' : through.includes('/') ? `<a pod of ${through}>` : through,
    POD: seen === undefined ? '<pod>' : podOf(seen),
    HOST: asString(seen?.spec['nodeName']) || '<node>',
    SELF: selfOf(from),
    SUBJECT: subjectOf(from),
  };
  return commands.map((command) =>
    command.replace(/\$([A-Z]+)/g, (whole, word: string) => words[word] ?? whole),
  );
}

function forReached(commands: Power['commands'], to: Vertex, uses: readonly Use[]): readonly Command[] {
  const reached = REACHED[to.kind];
  // A certificate names a service account as it names a user.
  const found =
    commands[reached] ?? (reached === 'account' ? commands.user : undefined) ?? commands.target ?? [];
  return typeof found === 'function' ? found(uses) : found;
}

function podOf({ kind, name }: KubernetesObject): string {
  return kind === 'Pod' ? name : `<a pod of ${kind.toLowerCase()}/${name}>`;
}

/** Root reads the tokens of the node's pods; the kubelet's own identity asks for them. */
function nodePods(from: Vertex): readonly Command[] {
  return from.kind === 'Node'
    ? ['cat /var/lib/kubelet/pods/*/volumes/kubernetes.io~projected/kube-api-access-*/token # on node $NODE']
    : [
        'kubectl -n $NAMESPACE create token $ACCOUNT --bound-object-kind=Pod --bound-object-name=$POD --bound-object-uid=<uid>',
      ];
}

/** The subject of a binding. */
function subjectOf(from: Vertex): string {
  const { kind, namespace, name } = from;
  if (kind === 'ServiceAccount') return JSON.stringify({ kind, name, namespace });
  const isSubject = kind === 'User' || kind === 'Group';
  return JSON.stringify({
    apiGroup: 'rbac.authorization.k8s.io',
    kind: isSubject ? kind : 'User',
    name: isSubject ? name : '<self>',
  });
}

function selfOf(from: Vertex): string {
  switch (from.kind) {
    case 'ServiceAccount':
      return `--serviceaccount=${from.namespace}:${from.name}`;
    case 'Group':
      return `--group=${from.name}`;
    case 'User':
      return `--user=${from.name}`;
    default:
      return '--user=<self>';
  }
}
