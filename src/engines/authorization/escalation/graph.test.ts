import { describe, expect, it } from 'vitest';
import { account, bind, grant, namespace, node, pod, role, World } from './test-world.ts';

const RBAC = 'rbac.authorization.k8s.io';
const AUTHN = 'authentication.k8s.io';
const CSR = 'certificates.k8s.io';

/** An account of kube-system that holds cluster-admin. */
const ADMIN = [
  account('kube-system/admin'),
  role('cluster-admin', ['* *.*']),
  bind('cluster-admin', 'ServiceAccount kube-system/admin'),
];
const ADMIN_STEP = 'ServiceAccount kube-system/admin; holds-cluster-admin > cluster-admin';

// The risks that https://kubernetes.io/docs/concepts/security/rbac-good-practices/ names, one after the other.
describe('paths to cluster-admin', () => {
  it('by a token that is requested', () => {
    const world = new World([...ADMIN, ...grant('User eve', ['create serviceaccounts/token'])]);
    expect(world.path('User eve', 'cluster-admin')).toBe(`token-request > ${ADMIN_STEP}`);
    expect(world.steps('User eve', 'cluster-admin')[0]?.commands).toEqual([
      'kubectl -n kube-system create token admin',
    ]);
  });

  it('by a token of an account that the right names, and of no other', () => {
    const named = (name: string) =>
      new World([...ADMIN, ...grant('User eve', [`create serviceaccounts/token of ${name}`], 'kube-system')]);
    expect(named('admin').path('User eve', 'cluster-admin')).toBe(`token-request > ${ADMIN_STEP}`);
    expect(named('other').path('User eve', 'cluster-admin')).toBe('');
  });

  it('by a right in the namespace of the account, and in no other', () => {
    const inNamespace = (name: string) =>
      new World([...ADMIN, namespace('shop'), ...grant('User eve', ['create serviceaccounts/token'], name)]);
    expect(inNamespace('kube-system').path('User eve', 'cluster-admin')).toBe(
      `token-request > ${ADMIN_STEP}`,
    );
    expect(inNamespace('shop').path('User eve', 'cluster-admin')).toBe('');
  });

  it('by a pod under the account', () => {
    for (const right of [
      'create pods',
      'create deployments.apps',
      'create cronjobs.batch',
      'create replicationcontrollers',
    ]) {
      const world = new World([...ADMIN, ...grant('Group ci', [right], 'kube-system')]);
      const way = right === 'create pods' ? 'create-pod' : 'create-workload';
      expect(world.path('Group ci', 'cluster-admin')).toBe(`${way} > ${ADMIN_STEP}`);
    }
  });

  it('by a change of a workload, where there is one', () => {
    const rights = grant('Group ci', ['patch deployments.apps'], 'kube-system');
    expect(new World([...ADMIN, ...rights]).path('Group ci', 'cluster-admin')).toBe('');
    const running = [...ADMIN, ...rights, pod('kube-system/dns')];
    expect(new World(running).path('Group ci', 'cluster-admin')).toBe(`change-workload > ${ADMIN_STEP}`);
  });

  it('by commands in a pod that mounts the token', () => {
    const mounted = pod('kube-system/tool', { serviceAccountName: 'admin' });
    const bare = pod('kube-system/tool', {
      serviceAccountName: 'admin',
      automountServiceAccountToken: false,
    });
    const ways = {
      'create pods/exec': 'exec',
      'get pods/exec': 'exec-by-get?',
      'create pods/attach': 'attach?',
      'patch pods/ephemeralcontainers': 'debug',
      'patch pods': 'change-pod',
    };
    for (const [right, way] of Object.entries(ways)) {
      const rights = grant('User eve', [right], 'kube-system');
      expect(new World([...ADMIN, ...rights, mounted]).path('User eve', 'cluster-admin')).toBe(
        `${way} > ${ADMIN_STEP}`,
      );
      expect(new World([...ADMIN, ...rights, bare]).path('User eve', 'cluster-admin')).toBe('');
    }
  });

  it('by commands through the kubelet, for a GET too', () => {
    const mounted = pod('kube-system/tool', { serviceAccountName: 'admin', nodeName: 'n1' });
    for (const verb of ['get', 'create']) {
      const world = new World([...ADMIN, mounted, ...grant('User eve', [`${verb} nodes/proxy`])]);
      expect(world.path('User eve', 'cluster-admin')).toBe(`node-proxy > ${ADMIN_STEP}`);
    }
    const other = new World([...ADMIN, mounted, ...grant('User eve', ['create nodes/proxy of n2'])]);
    expect(other.path('User eve', 'cluster-admin')).toBe('');
  });

  it('by impersonation', () => {
    const world = (...rights: string[]) =>
      new World([...ADMIN, bind('cluster-admin', 'User root'), ...grant('User eve', rights)]);
    expect(world('impersonate serviceaccounts').path('User eve', 'cluster-admin')).toBe(
      `impersonate-account > ${ADMIN_STEP}`,
    );
    expect(world('impersonate users').path('User eve', 'cluster-admin')).toBe(
      'impersonate-user > User root; holds-cluster-admin > cluster-admin',
    );
    // "requested … without impersonating a user"
    expect(world('impersonate groups').path('User eve', 'cluster-admin')).toBe('');
    expect(world('impersonate users of nobody').path('User eve', 'cluster-admin')).toBe('');
    expect(world('impersonate groups', 'impersonate users of nobody').path('User eve', 'cluster-admin')).toBe(
      'impersonate-group > Group system:masters; privileged-group > cluster-admin',
    );
  });

  it('by impersonation of users in a namespace: it is asked for in none', () => {
    const objects = [
      ...ADMIN,
      bind('cluster-admin', 'User root'),
      role('r', ['impersonate users']),
      bind('r', 'User eve', 'shop'),
    ];
    expect(new World(objects).path('User eve', 'cluster-admin')).toBe('');
  });

  it('by constrained impersonation, perhaps', () => {
    const rights = [
      `impersonate:serviceaccount serviceaccounts.${AUTHN}`,
      'impersonate-on:serviceaccount:get secrets',
    ];
    expect(new World([...ADMIN, ...grant('User eve', rights)]).path('User eve', 'cluster-admin')).toBe(
      `impersonate-account-constrained? > ${ADMIN_STEP}`,
    );
    expect(
      new World([...ADMIN, ...grant('User eve', rights.slice(0, 1))]).path('User eve', 'cluster-admin'),
    ).toBe('');
  });

  it('by a binding', () => {
    const world = (...rights: string[]) => new World([...ADMIN, ...grant('User eve', rights)]);
    const create = `create clusterrolebindings.${RBAC}`;
    expect(world(`bind clusterroles.${RBAC}`, create).path('User eve', 'cluster-admin')).toBe(
      'bind-cluster-role > cluster-admin',
    );
    // Without bind, only what is held already can be bound.
    expect(world(create).path('User eve', 'cluster-admin')).toBe('');
    expect(world(`bind clusterroles.${RBAC}`).path('User eve', 'cluster-admin')).toBe('');
  });

  it('by a binding to a role that leads on', () => {
    const objects = [
      ...ADMIN,
      role('tokens', ['create serviceaccounts/token']),
      role('harmless', ['get pods']),
      ...grant('User eve', [
        `bind clusterroles.${RBAC} of tokens,harmless`,
        `create clusterrolebindings.${RBAC}`,
      ]),
    ];
    expect(new World(objects).path('User eve', 'cluster-admin')).toBe(
      `bind-cluster-role > Role tokens; token-request > ${ADMIN_STEP}`,
    );
  });

  it('by a binding in the namespace of the account', () => {
    const rights = [`bind clusterroles.${RBAC}`, `create rolebindings.${RBAC}`];
    const objects = (home: string) => [...ADMIN, ...grant('User eve', rights, home)];
    expect(new World(objects('kube-system')).path('User eve', 'cluster-admin')).toBe(
      `bind-cluster-role-in-namespace > Namespace kube-system; impersonate-account > ${ADMIN_STEP}`,
    );
    expect(new World(objects('shop')).path('User eve', 'cluster-admin')).toBe('');
  });

  it('by a role that is changed beyond what is held', () => {
    const world = (...rights: string[]) => new World([...ADMIN, ...grant('User eve', rights)]);
    expect(world(`escalate,patch clusterroles.${RBAC}`).path('User eve', 'cluster-admin')).toBe(
      'escalate-cluster-role > cluster-admin',
    );
    expect(world(`patch clusterroles.${RBAC}`).path('User eve', 'cluster-admin')).toBe('');
    // A new role is bound to nobody.
    expect(world(`escalate,create clusterroles.${RBAC}`).path('User eve', 'cluster-admin')).toBe('');
    // Held by nobody.
    expect(world(`escalate,patch clusterroles.${RBAC} of other`).path('User eve', 'cluster-admin')).toBe('');
  });

  it('by a new role that an aggregated one takes in', () => {
    const objects = [
      ...ADMIN,
      { ...role('edit', []), aggregationRule: { clusterRoleSelectors: [{ matchLabels: { edit: 'true' } }] } },
      bind('edit', 'User eve'),
      ...grant('User eve', [`escalate,create clusterroles.${RBAC}`]),
    ];
    expect(new World(objects).path('User eve', 'cluster-admin')).toBe(
      'aggregate-cluster-role > cluster-admin',
    );
  });

  it('by a client certificate, not one of system:masters', () => {
    const rights = [
      `create certificatesigningrequests.${CSR}`,
      `update certificatesigningrequests/approval.${CSR}`,
      `approve signers.${CSR} of kubernetes.io/kube-apiserver-client`,
    ];
    const certain = [...ADMIN.slice(0, 2), bind('cluster-admin', 'Group ops')];
    const path = 'sign-client-certificate > Group ops; holds-cluster-admin > cluster-admin';
    expect(new World([...certain, ...grant('User eve', rights)]).path('User eve', 'cluster-admin')).toBe(
      path,
    );
    expect(new World(grant('User eve', rights)).path('User eve', 'cluster-admin')).toBe('');
    for (let left = 0; left < rights.length; left++) {
      const others = rights.filter((_, index) => index !== left);
      expect(new World([...certain, ...grant('User eve', others)]).path('User eve', 'cluster-admin')).toBe(
        '',
      );
    }
    const otherSigner = [...rights.slice(0, 2), `approve signers.${CSR} of example.com/own`];
    expect(new World([...certain, ...grant('User eve', otherSigner)]).path('User eve', 'cluster-admin')).toBe(
      '',
    );
  });

  it('by the controller manager, whom every cluster has', () => {
    const rights = grant('User eve', ['impersonate users of system:kube-controller-manager']);
    expect(new World(rights, { bootstrap: true, isComplete: false }).path('User eve', 'cluster-admin')).toBe(
      'impersonate-user > User system:kube-controller-manager; ' +
        'token-request? > ServiceAccount kube-system/clusterrole-aggregation-controller; escalate-cluster-role > cluster-admin',
    );
    const seen = new World([...rights, account('kube-system/clusterrole-aggregation-controller')], {
      bootstrap: true,
    });
    expect(seen.path('User eve', 'cluster-admin')).not.toContain('?');
  });

  it('by a Secret that holds a token', () => {
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'kubernetes.io/service-account-token',
      metadata: {
        namespace: 'kube-system',
        name: 'old',
        annotations: { 'kubernetes.io/service-account.name': 'admin' },
      },
    };
    const world = (right: string) =>
      new World([...ADMIN, secret, ...grant('User eve', [right], 'kube-system')]);
    expect(world('list secrets').path('User eve', 'cluster-admin')).toBe(`list-secrets > ${ADMIN_STEP}`);
    expect(world('get secrets of old').path('User eve', 'cluster-admin')).toBe(`get-secrets > ${ADMIN_STEP}`);
    expect(world('get secrets of new').path('User eve', 'cluster-admin')).toBe('');
    expect(world('get secrets').path('User eve', 'cluster-admin')).toBe(`get-secrets? > ${ADMIN_STEP}`);
    const without = new World([...ADMIN, ...grant('User eve', ['list secrets'], 'kube-system')]);
    expect(without.path('User eve', 'cluster-admin')).toBe('');
  });

  it('by a Secret that is made to hold one', () => {
    const world = (...rights: string[]) => new World([...ADMIN, ...grant('User eve', rights, 'kube-system')]);
    expect(world('create secrets', 'get secrets').path('User eve', 'cluster-admin')).toBe(
      `token-secret > ${ADMIN_STEP}`,
    );
    expect(world('create secrets').path('User eve', 'cluster-admin')).toBe('');
  });

  it('by a webhook or policy that changes what others ask for, perhaps', () => {
    const admission = 'admissionregistration.k8s.io';
    const world = (...rights: string[]) => new World(grant('User eve', rights));
    expect(world(`patch mutatingwebhookconfigurations.${admission}`).path('User eve', 'cluster-admin')).toBe(
      'mutating-webhook? > cluster-admin',
    );
    expect(world(`create mutatingadmissionpolicies.${admission}`).path('User eve', 'cluster-admin')).toBe('');
    expect(
      world(
        `create mutatingadmissionpolicies.${admission}`,
        `create mutatingadmissionpolicybindings.${admission}`,
      ).path('User eve', 'cluster-admin'),
    ).toBe('mutating-policy? > cluster-admin');
  });

  it('by aws-auth, where EKS reads it', () => {
    const rights = grant('User eve', ['update configmaps'], 'kube-system');
    const map = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { namespace: 'kube-system', name: 'aws-auth' },
    };
    expect(new World([...rights, map]).path('User eve', 'cluster-admin')).toBe('aws-auth > cluster-admin');
    expect(new World(rights).path('User eve', 'cluster-admin')).toBe('');
  });

  it('by what everybody may do, as a member of that group', () => {
    const world = new World([
      ...ADMIN,
      ...grant('Group system:serviceaccounts:shop', ['create serviceaccounts/token'], 'kube-system'),
      account('shop/web'),
    ]);
    expect(world.path('ServiceAccount shop/web', 'cluster-admin')).toBe(
      `member-of > Group system:serviceaccounts:shop; token-request > ${ADMIN_STEP}`,
    );
    expect(world.path('ServiceAccount kube-system/default', 'cluster-admin')).toBe('');
  });

  it('by rights of which a group gives one', () => {
    const world = new World([
      ...ADMIN,
      ...grant('Group system:authenticated', [`create clusterrolebindings.${RBAC}`]),
      ...grant('User eve', [`bind clusterroles.${RBAC}`]),
    ]);
    expect(world.path('User eve', 'cluster-admin')).toBe('bind-cluster-role > cluster-admin');
    expect(world.path('Group system:authenticated', 'cluster-admin')).toBe('');
  });

  it('by rights of its own that are narrower than those of its group, as a member of that', () => {
    const world = new World([
      ...ADMIN,
      ...grant('Group system:authenticated', ['create serviceaccounts/token'], 'kube-system'),
      ...grant('User eve', ['create serviceaccounts/token of other'], 'kube-system'),
    ]);
    expect(world.path('User eve', 'cluster-admin')).toBe(
      `member-of > Group system:authenticated; token-request > ${ADMIN_STEP}`,
    );
  });

  it('by whom one is most directly, as having every right is nothing to do', () => {
    const world = new World([
      role('cluster-admin', ['* *.*']),
      bind('cluster-admin', 'User root'),
      ...grant('User binder', [`bind clusterroles.${RBAC}`, `create clusterrolebindings.${RBAC}`]),
      ...grant('User eve', ['impersonate users']),
    ]);
    expect(world.path('User eve', 'cluster-admin')).toBe(
      'impersonate-user > User root; holds-cluster-admin > cluster-admin',
    );
  });

  it('by two rights in one namespace, and not in two', () => {
    const world = (first: string, second: string) =>
      new World([
        ...ADMIN,
        namespace('shop'),
        ...grant('User eve', ['create secrets'], first),
        ...grant('User eve', ['get secrets'], second),
      ]);
    expect(world('kube-system', 'shop').path('User eve', 'cluster-admin')).toBe('');
    expect(world('shop', 'kube-system').path('User eve', 'cluster-admin')).toBe('');
  });

  it('by an account that a binding names and nobody has created', () => {
    const objects = (...rights: string[]) => [
      role('cluster-admin', ['* *.*']),
      bind('cluster-admin', 'ServiceAccount shop/gone'),
      ...grant('User eve', rights, 'shop'),
    ];
    const path = 'ServiceAccount shop/gone; holds-cluster-admin > cluster-admin';
    expect(new World(objects('create serviceaccounts/token')).path('User eve', 'cluster-admin')).toBe('');
    expect(
      new World(objects('create serviceaccounts/token,serviceaccounts')).path('User eve', 'cluster-admin'),
    ).toBe(`missing-account > ${path}`);
    // Among manifests it may exist all the same.
    const manifests = new World(objects('create serviceaccounts/token'), { isComplete: false });
    expect(manifests.path('User eve', 'cluster-admin')).toBe(`token-request? > ${path}`);
  });
});

describe('paths to a node', () => {
  const nodes = [node('n1'), node('n2')];
  const creates = grant('User eve', ['create pods'], 'shop');

  it('by a privileged pod, unless Pod Security refuses it', () => {
    expect(new World([...nodes, namespace('shop'), ...creates]).path('User eve', 'node')).toBe(
      'create-pod > Node n1',
    );
    for (const level of ['baseline', 'restricted']) {
      expect(new World([...nodes, namespace('shop', level), ...creates]).path('User eve', 'node')).toBe('');
    }
    const open = new World([...nodes, namespace('shop', 'privileged'), ...creates]);
    expect(open.path('User eve', 'node')).toBe('create-pod > Node n1');
  });

  it('by a privileged pod that a webhook may refuse, perhaps', () => {
    const webhook = (selector: object) => ({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: 'guard' },
      webhooks: [
        {
          name: 'guard.example.test',
          namespaceSelector: { ...selector },
          rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
        },
      ],
    });
    const world = (selector: object) =>
      new World([...nodes, namespace('shop'), webhook(selector), ...creates]);
    expect(world({}).path('User eve', 'node')).toBe('create-pod? > Node n1');
    expect(world({ matchLabels: { 'kubernetes.io/metadata.name': 'other' } }).path('User eve', 'node')).toBe(
      'create-pod > Node n1',
    );
  });

  it('by a namespace whose labels are changed', () => {
    const rights = grant('User eve', ['create pods', 'patch namespaces'], 'shop');
    expect(new World([...nodes, namespace('shop', 'restricted'), ...rights]).path('User eve', 'node')).toBe(
      'relax-pod-security > Node n1',
    );
  });

  it('by a volume of the node', () => {
    const pods = grant('User eve', ['create pods,persistentvolumeclaims'], 'shop');
    const volumes = grant('User eve', ['create persistentvolumes']);
    const world = (level: string) => new World([...nodes, namespace('shop', level), ...pods, ...volumes]);
    expect(world('baseline').path('User eve', 'node')).toBe('host-path-volume > Node n1');
    expect(world('restricted').path('User eve', 'node')).toBe('host-path-volume? > Node n1');
    expect(new World([...nodes, namespace('shop', 'baseline'), ...pods]).path('User eve', 'node')).toBe('');
  });

  it('by commands in a privileged pod, on its node', () => {
    const agent = pod('shop/agent', { nodeName: 'n2' }, { securityContext: { privileged: true } });
    const rights = grant('User eve', ['create pods/exec'], 'shop');
    expect(
      new World([...nodes, namespace('shop', 'restricted'), agent, ...rights]).path('User eve', 'node'),
    ).toBe('exec > Node n2');
    const plain = pod('shop/agent', { nodeName: 'n2' });
    expect(new World([...nodes, plain, ...rights]).path('User eve', 'node')).toBe('');
  });

  it('and from a node to the accounts of its pods, and of no others', () => {
    const tool = pod('kube-system/tool', { serviceAccountName: 'admin', nodeName: 'n2' });
    const world = new World([...nodes, namespace('shop'), tool, ...ADMIN, ...creates]);
    expect(world.path('User eve', 'cluster-admin')).toBe(`create-pod > Node n2; node-pods > ${ADMIN_STEP}`);
    const named = new World([
      ...nodes,
      tool,
      ...ADMIN,
      ...grant('User eve', [
        `create certificatesigningrequests.${CSR}`,
        `create certificatesigningrequests/nodeclient.${CSR}`,
        `get certificatesigningrequests.${CSR}`,
      ]),
    ]);
    expect(named.path('User eve', 'cluster-admin')).toBe(
      `bootstrap-node-certificate > Kubelet n2; node-pods > ${ADMIN_STEP}`,
    );
    const off = new World([...nodes, namespace('shop'), ...ADMIN, ...creates]);
    expect(off.path('User eve', 'cluster-admin')).toBe('');
  });

  it('and from a node of the control plane to everything', () => {
    const master = node('n3', { 'node-role.kubernetes.io/control-plane': '' });
    expect(
      new World([...nodes, master, namespace('shop'), ...creates]).path('User eve', 'cluster-admin'),
    ).toBe('create-pod > Node n3; control-plane-node > cluster-admin');
  });
});

describe('paths to every secret', () => {
  it('by a list of all namespaces', () => {
    const world = (right: string, home?: string) => new World(grant('User eve', [right], home));
    expect(world('list secrets').path('User eve', 'every-secret')).toBe('list-secrets > every-secret');
    expect(world('watch secrets').path('User eve', 'every-secret')).toBe('list-secrets > every-secret');
    expect(world('get secrets').path('User eve', 'every-secret')).toBe('get-secrets? > every-secret');
    expect(world('list secrets', 'shop').path('User eve', 'every-secret')).toBe('');
  });
});

describe('who is left alone', () => {
  it('holders of cluster-admin are just that', () => {
    const { graph } = new World([...ADMIN, ...grant('User eve', ['* pods'])]);
    const at = (name: string) => graph.find({ kind: 'ServiceAccount', namespace: 'kube-system', name })!;
    expect(graph.holdsClusterAdmin(at('admin'))).toBe(true);
    expect(graph.holdsClusterAdmin(at('default'))).toBe(false);
  });

  it('view leads nowhere, edit does', () => {
    const objects = [
      bind('view', 'User jane', 'shop'),
      bind('edit', 'User joe', 'shop'),
      namespace('shop', 'restricted'),
    ];
    const world = new World(objects, { bootstrap: true });
    for (const target of ['cluster-admin', 'node', 'every-secret'] as const) {
      expect(world.path('User jane', target)).toBe('');
      expect(world.path('User joe', target)).toBe('');
    }
    const effects = (name: string) =>
      world.graph
        .effectsOf(world.graph.find({ kind: 'User', namespace: undefined, name })!)
        .map(({ power }) => power);
    expect(effects('joe')).toContain('network-policies');
    expect(effects('joe')).not.toContain('quota-removal');
    expect(effects('jane')).toEqual(['read-logs']);
  });
});

describe('what was not seen', () => {
  it('makes it possible that a pod mounts a token, or that a Secret holds one', () => {
    const exec = grant('User eve', ['create pods/exec'], 'kube-system');
    const list = grant('User eve', ['list secrets'], 'kube-system');
    const paths = (rights: typeof exec, unseen: string[]) =>
      new World([...ADMIN, ...rights], { unseen }).path('User eve', 'cluster-admin');
    expect(paths(exec, [])).toBe('');
    expect(paths(exec, ['Pod'])).toBe(`exec? > ${ADMIN_STEP}`);
    expect(paths(list, ['Pod'])).toBe('');
    expect(paths(list, ['Secret'])).toBe(`list-secrets? > ${ADMIN_STEP}`);
    const manifests = new World([...ADMIN, ...exec], { isComplete: false });
    expect(manifests.path('User eve', 'cluster-admin')).toBe(`exec? > ${ADMIN_STEP}`);
  });

  it('makes it possible that a privileged pod is refused', () => {
    const objects = [node('n1'), namespace('shop'), ...grant('User eve', ['create pods'], 'shop')];
    const path = (unseen: string[]) => new World(objects, { unseen }).path('User eve', 'node');
    expect(path([])).toBe('create-pod > Node n1');
    expect(path(['ValidatingWebhookConfiguration'])).toBe('create-pod? > Node n1');
    expect(path(['Namespace'])).toBe('create-pod? > Node n1');
    expect(path(['Ingress'])).toBe('create-pod > Node n1');
  });
});
