import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../kubernetes/json.ts';
import type { Edge } from './edges.ts';
import { POWERS } from './powers/index.ts';
import { stepsOf } from './steps.ts';
import { account, bind, grant, namespace, node, pod, role, World } from './test-world.ts';

const RBAC = 'rbac.authorization.k8s.io';
const CSR = 'certificates.k8s.io';

/** An account of kube-system that holds cluster-admin. */
const ADMIN = [
  account('kube-system/admin'),
  role('cluster-admin', ['* *.*']),
  bind('cluster-admin', 'ServiceAccount kube-system/admin'),
];

describe('commands', () => {
  const commands = (world: World, target: 'cluster-admin' | 'node') =>
    world.steps('User eve', target).flatMap((step) => step.commands);

  it('name what a step goes through', () => {
    const tool = pod('shop/tool', { serviceAccountName: 'robot', nodeName: 'n1' });
    const robot = bind('cluster-admin', 'ServiceAccount shop/robot');
    const objects = [
      role('cluster-admin', ['* *.*']),
      robot,
      account('shop/robot'),
      node('n1'),
      namespace('shop'),
      tool,
    ];
    const world = (right: string) => new World([...objects, ...grant('User eve', [right], 'shop')]);
    expect(commands(world('create pods/exec'), 'cluster-admin')).toEqual([
      'kubectl -n shop exec tool -- cat /var/run/secrets/kubernetes.io/serviceaccount/token',
    ]);
    expect(commands(world('patch pods/ephemeralcontainers'), 'node')).toEqual([
      "curl -X PATCH -H 'Authorization: Bearer <token>' -H 'Content-Type: application/strategic-merge-patch+json' " +
        "'https://<server>/api/v1/namespaces/shop/pods/tool/ephemeralcontainers' " +
        `-d '{"spec":{"ephemeralContainers":[{"name":"probe","image":"<image>","stdin":true,"tty":true,"securityContext":{"privileged":true}}]}}'`,
      'kubectl -n shop attach -it tool -c probe',
    ]);
    const certified = new World([
      ...objects,
      ...grant('User eve', [
        `create certificatesigningrequests.${CSR},certificatesigningrequests/nodeclient.${CSR}`,
        `get certificatesigningrequests.${CSR}`,
      ]),
    ]);
    expect(commands(certified, 'cluster-admin').at(-1)).toBe(
      'kubectl -n shop create token robot --bound-object-kind=Pod --bound-object-name=tool --bound-object-uid=<uid>',
    );
  });

  it('are there for every step, and leave no word of their templates', () => {
    const nothingToDo = new Set(['member-of', 'holds-cluster-admin', 'privileged-group', 'is-cluster-admin']);
    const cases = powersAlone();
    const used = new Set<string>();
    for (const isComplete of [true, false]) {
      for (const { id, rights } of cases) {
        const world = new World([...everything(), ...grant('User eve', rights)], { isComplete });
        const { network } = world.graph;
        const eve = world.graph.find({ kind: 'User', namespace: undefined, name: 'eve' })!;
        const follow = (path: readonly Edge[]): void => {
          const last = path[path.length - 1]!;
          if (network.vertices[last.to]!.kind === 'Hub') {
            for (const edge of network.edges[last.to]!) follow([...path, edge]);
            return;
          }
          for (const { way, to, commands: lines } of stepsOf(network, eve, path)) {
            if (nothingToDo.has(way)) continue;
            used.add(way);
            expect(lines, `${id}: ${way} to ${to.kind} ${to.name} by ${rights}`).not.toEqual([]);
            for (const line of lines) {
              expect(line, id).not.toMatch(/\$[A-Z]|undefined/);
              // The name of what owns pods is no pod's name.
              expect(line, id).not.toMatch(/(?<!a pod of )(?:deployment|cronjob)\/(?:web|cron)/);
            }
          }
        };
        for (const edge of network.edges[eve]!) follow([edge]);
      }
    }
    const leading = POWERS.filter(({ gives }) => typeof gives === 'string' || 'target' in gives);
    expect(leading.map(({ id }) => id).filter((id) => !used.has(id))).toEqual([]);
  });

  const first = (
    rights: readonly string[],
    target: 'cluster-admin' | 'node' | 'every-secret',
    home?: string,
  ) =>
    new World([...everything(), ...grant('User eve', rights, home)], { isComplete: false })
      .steps('User eve', target)[0]
      ?.commands.join('\n') ?? '';

  it('ask for what a signer of node certificates signs', () => {
    // kubeletClientRequiredUsagesNoRSA of pkg/apis/certificates/helpers.go.
    expect(
      first(
        [
          `create,get certificatesigningrequests.${CSR}`,
          `create certificatesigningrequests/nodeclient.${CSR}`,
        ],
        'cluster-admin',
      ),
    ).toContain('usages:["digital signature","client auth"]');
  });

  it('use the verbs that are held, and no others', () => {
    const cluster = (verb: string) =>
      first([`escalate clusterroles.${RBAC}`, `${verb} clusterroles.${RBAC}`], 'cluster-admin');
    expect(cluster('update')).toMatch(/^kubectl replace --raw/);
    expect(cluster('patch')).toMatch(/^curl -X PATCH/);
    const webhook = (verb: string) =>
      first([`${verb} mutatingwebhookconfigurations.admissionregistration.k8s.io`], 'cluster-admin');
    expect(webhook('create')).toMatch(/^kubectl create -f/);
    expect(webhook('patch')).toMatch(/^curl -X PATCH/);
    expect(webhook('update')).toMatch(/^kubectl replace --raw/);
    expect(first(['watch secrets'], 'every-secret')).toBe("kubectl get --raw '/api/v1/secrets?watch=true'");
    expect(first(['list secrets'], 'every-secret')).toBe('kubectl get secrets -A -o yaml');
    expect(first(['patch secrets'], 'every-secret')).toMatch(/^curl -X PATCH .*-d '{}'$/);
    expect(first(['update secrets'], 'every-secret')).toBe('');
    expect(first(['get nodes/proxy'], 'cluster-admin')).toContain(
      '/proxy/exec/shop/<a pod of deployment/web>/<container>?output=1&command=cat',
    );
    expect(first(['create nodes/proxy'], 'cluster-admin')).toMatch(
      /^kubectl create --raw '\/api\/v1\/nodes\/<node>\/proxy\/run\/shop\/<a pod of deployment\/web>\/<container>\?cmd=cat%20/,
    );
    expect(first(['create pods'], 'node')).toMatch(/run probe -it .*--override-type=strategic .*-- nsenter/);
  });

  it('and steps need what is shown', () => {
    const way = (rights: readonly string[], home?: string) =>
      new World([...ADMIN, ...grant('User eve', rights, home)]).path('User eve', 'cluster-admin');
    // The certificate is nobody's who cannot read it.
    const nodeclient = `create certificatesigningrequests.${CSR},certificatesigningrequests/nodeclient.${CSR}`;
    const node = (rights: readonly string[]) => new World(grant('User eve', rights));
    expect(node([nodeclient]).graph.network.vertices.map(({ kind }) => kind)).toContain('Kubelet');
    const kubelets = (rights: readonly string[]) => {
      const { graph } = node(rights);
      const at = graph.find({ kind: 'User', namespace: undefined, name: 'eve' })!;
      return graph.network.edges[at]!.map((edge) => edge.way);
    };
    expect(kubelets([nodeclient])).not.toContain('bootstrap-node-certificate');
    expect(kubelets([nodeclient, `watch certificatesigningrequests.${CSR}`])).toContain(
      'bootstrap-node-certificate',
    );
    // The role of a binding is immutable.
    const bind = `bind clusterroles.${RBAC}`;
    expect(way([bind, `patch clusterrolebindings.${RBAC}`])).toBe(
      'join-cluster-role-binding > cluster-admin',
    );
    expect(way([bind, `patch clusterrolebindings.${RBAC} of other`])).toBe('');
    expect(way([bind, `patch rolebindings.${RBAC}`], 'kube-system')).toBe('');
    // What pods a CronJob has at the moment nobody knows.
    const cron = new World([...everything(), ...grant('User eve', ['create pods/exec'], 'batch')], {
      isComplete: false,
    });
    expect(cron.path('User eve', 'cluster-admin')).toMatch(/^exec\? > ServiceAccount batch\/cron/);
  });
});

/** Something of each kind that powers act on. */
function everything(): JsonObject[] {
  const template = (serviceAccountName: string) => ({
    spec: {
      serviceAccountName,
      containers: [{ name: 'c', image: 'i', securityContext: { privileged: true } }],
    },
  });
  const object = (apiVersion: string, kind: string, name: string, rest: JsonObject = {}): JsonObject => {
    const [home = '', own = ''] = name.split('/');
    return { apiVersion, kind, metadata: { namespace: home, name: own }, ...rest };
  };
  return [
    ...ADMIN,
    ...['shop', 'batch', 'guarded'].map((name) =>
      namespace(name, name === 'guarded' ? 'baseline' : undefined),
    ),
    node('n1'),
    account('shop/robot'),
    account('batch/cron'),
    bind('cluster-admin', 'ServiceAccount shop/robot'),
    bind('cluster-admin', 'ServiceAccount batch/cron'),
    bind('cluster-admin', 'ServiceAccount shop/gone'),
    bind('cluster-admin', 'User system:root'),
    bind('cluster-admin', 'Group system:bootstrappers:all'),
    role('tokens', ['create serviceaccounts/token']),
    role('own', ['get pods'], 'shop'),
    bind('own', 'User other', 'shop', 'Role'),
    bind('own', 'User eve', 'shop', 'Role'),
    bind('tokens', 'User other', 'shop'),
    { ...role('sum', []), aggregationRule: { clusterRoleSelectors: [{ matchLabels: { sum: 'true' } }] } },
    bind('sum', 'User eve'),
    object('apps/v1', 'Deployment', 'shop/web', { spec: { template: template('robot') } }),
    pod('shop/pod', { serviceAccountName: 'robot', nodeName: 'n1' }),
    object('batch/v1', 'CronJob', 'batch/cron', {
      spec: { jobTemplate: { spec: { template: template('cron') } } },
    }),
    object('v1', 'ConfigMap', 'kube-system/aws-auth'),
    object('argoproj.io/v1alpha1', 'Workflow', 'shop/flow'),
    object('v1', 'Secret', 'shop/old', {
      type: 'kubernetes.io/service-account-token',
      metadata: {
        namespace: 'shop',
        name: 'old',
        annotations: { 'kubernetes.io/service-account.name': 'robot' },
      },
    }),
  ];
}

/** The rights of each power that leads on, one verb and one resource of each row at a time. */
function powersAlone(): { id: string; rights: string[] }[] {
  return POWERS.filter(({ gives }) => typeof gives === 'string' || 'target' in gives).flatMap(
    ({ id, needs }) => {
      const rows = needs.map((row) =>
        row.flatMap(({ verbs, group, resources, names }) =>
          verbs.flatMap((verb) =>
            resources.map((resource) => {
              const dot = group === '' ? '' : `.${group}`;
              const text = `${verb.replace(':*', ':get')} ${resource.replace('/*', '/a')}${dot}`;
              return names === undefined ? text : `${text} of ${names[0]}`;
            }),
          ),
        ),
      );
      const [row = [], ...others] = rows;
      const longest = Math.max(...rows.map(({ length }) => length));
      return Array.from({ length: longest }, (_, index) => ({
        id,
        rights: [row, ...others].map((each) => each[Math.min(index, each.length - 1)]!),
      }));
    },
  );
}
