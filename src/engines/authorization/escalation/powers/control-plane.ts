import { type Commands, inCluster, inNamespace, type Power, type Use } from '../power.ts';
import { patch, pathIn, pathOf, put, write } from './requests.ts';

const PRACTICES = 'https://kubernetes.io/docs/concepts/security/rbac-good-practices/';
const RBAC = 'rbac.authorization.k8s.io';
const ADMISSION = 'admissionregistration.k8s.io';
// What a PATCH needs is known without a look at the object.
const CHANGE = ['patch', 'update'];
const WRITE = ['create', ...CHANGE];
const ESCALATION = 'k8s.io/kubernetes pkg/registry/rbac/escalation_check.go';

const configMap = (namespace: string, names: readonly string[]) => [
  inNamespace('', ['configmaps'], CHANGE, { namespace, names }),
];

const EVERYTHING = '{"apiGroups":["*"],"resources":["*"],"verbs":["*"]}';

const everyRule =
  (kind: 'ClusterRole' | 'Role', path: string): Commands =>
  ([, change]) => [
    change?.verb === 'patch'
      ? patch(path, 'json', `[{"op":"add","path":"/rules/-","value":${EVERYTHING}}]`)
      : put(
          path,
          `{"apiVersion":"${RBAC}/v1","kind":"${kind}","metadata":{"name":"$NAME"},"rules":[${EVERYTHING}]}`,
        ),
  ];

const joining =
  (path: string): Commands =>
  ([, change]) => [
    change?.verb === 'patch'
      ? patch(path, 'json', '[{"op":"add","path":"/subjects/-","value":$SUBJECT}]')
      : put(path, '<the whole binding with the subject $SUBJECT>'),
  ];

const configure = (use: Use | undefined, resource: string) =>
  write(use!, {
    create: `kubectl create -f <one of ${resource}>`,
    path: pathOf(ADMISSION, resource, '<name>'),
    what: 'its own rules',
  });

/** Roles and bindings, and what the API server or its helpers are configured by. */
export const CONTROL_PLANE_POWERS = [
  {
    id: 'bind-cluster-role',
    needs: [
      [inCluster(RBAC, ['clusterroles'], ['bind'])],
      [inCluster(RBAC, ['clusterrolebindings'], ['create'])],
    ],
    gives: 'cluster-roles',
    certainty: 'proven',
    commands: {
      role: ['kubectl create clusterrolebinding probe --clusterrole=$ROLE $SELF'],
      target: ['kubectl create clusterrolebinding probe --clusterrole=cluster-admin $SELF'],
    },
    source: ESCALATION,
  },
  {
    id: 'bind-cluster-role-in-namespace',
    needs: [
      [inNamespace(RBAC, ['clusterroles'], ['bind'])],
      [inNamespace(RBAC, ['rolebindings'], ['create'])],
    ],
    gives: 'cluster-roles',
    certainty: 'proven',
    commands: { role: ['kubectl -n $NAMESPACE create rolebinding probe --clusterrole=$ROLE $SELF'] },
    source: ESCALATION,
  },
  {
    id: 'bind-role',
    needs: [[inNamespace(RBAC, ['roles'], ['bind'])], [inNamespace(RBAC, ['rolebindings'], ['create'])]],
    gives: 'roles',
    certainty: 'proven',
    commands: { role: ['kubectl -n $NAMESPACE create rolebinding probe --role=$ROLE $SELF'] },
    source: ESCALATION,
  },
  {
    id: 'join-cluster-role-binding',
    // The role that a binding refers to is immutable.
    needs: [
      [inCluster(RBAC, ['clusterroles'], ['bind'])],
      [inCluster(RBAC, ['clusterrolebindings'], CHANGE)],
    ],
    gives: 'bound-roles',
    certainty: 'proven',
    commands: { target: joining(pathOf(RBAC, 'clusterrolebindings', '$NAME')) },
    source: ESCALATION,
  },
  {
    id: 'join-role-binding',
    needs: [[inNamespace(RBAC, ['clusterroles'], ['bind'])], [inNamespace(RBAC, ['rolebindings'], CHANGE)]],
    gives: 'bound-roles',
    certainty: 'proven',
    commands: { role: joining(pathIn(RBAC, 'rolebindings', '$NAME')) },
    source: ESCALATION,
  },
  {
    id: 'join-binding-of-role',
    needs: [[inNamespace(RBAC, ['roles'], ['bind'])], [inNamespace(RBAC, ['rolebindings'], CHANGE)]],
    gives: 'bound-roles',
    certainty: 'proven',
    commands: { role: joining(pathIn(RBAC, 'rolebindings', '$NAME')) },
    source: ESCALATION,
  },
  {
    id: 'escalate-cluster-role',
    needs: [[inCluster(RBAC, ['clusterroles'], ['escalate'])], [inCluster(RBAC, ['clusterroles'], CHANGE)]],
    gives: 'held-cluster-role',
    certainty: 'proven',
    commands: { target: everyRule('ClusterRole', pathOf(RBAC, 'clusterroles', '$NAME')) },
    source: `${PRACTICES}#escalate-verb`,
  },
  {
    id: 'escalate-role',
    needs: [[inNamespace(RBAC, ['roles'], ['escalate'])], [inNamespace(RBAC, ['roles'], CHANGE)]],
    gives: 'held-role',
    certainty: 'proven',
    commands: { role: everyRule('Role', pathIn(RBAC, 'roles', '$NAME')) },
    source: `${PRACTICES}#escalate-verb`,
  },
  {
    id: 'aggregate-cluster-role',
    needs: [
      [inCluster(RBAC, ['clusterroles'], ['create'])],
      [inCluster(RBAC, ['clusterroles'], ['escalate'])],
    ],
    gives: 'aggregated-role',
    certainty: 'proven',
    commands: {
      target: [
        `kubectl create -f - <<< '{"apiVersion":"${RBAC}/v1","kind":"ClusterRole","metadata":{"name":"probe","labels":{<labels that $NAME aggregates>}},"rules":[${EVERYTHING}]}'`,
      ],
    },
    source: `${PRACTICES}#escalate-verb`,
  },
  {
    id: 'mutating-webhook',
    needs: [[inCluster(ADMISSION, ['mutatingwebhookconfigurations'], WRITE)]],
    gives: { target: 'cluster-admin' },
    // Waits for a request worth changing, and for a way from the API server to the webhook.
    certainty: 'possible',
    commands: {
      target: ([use]) => [
        `${configure(use, 'mutatingwebhookconfigurations')} # a webhook that adds a subject to each ClusterRoleBinding`,
      ],
    },
    source: `${PRACTICES}#control-admission-webhooks`,
  },
  {
    id: 'validating-webhook',
    needs: [[inCluster(ADMISSION, ['validatingwebhookconfigurations'], WRITE)]],
    gives: { target: 'every-secret' },
    certainty: 'possible',
    commands: {
      target: ([use]) => [
        `${configure(use, 'validatingwebhookconfigurations')} # a webhook that is sent each Secret`,
      ],
    },
    source: `${PRACTICES}#control-admission-webhooks`,
  },
  {
    id: 'mutating-policy',
    needs: [
      [inCluster(ADMISSION, ['mutatingadmissionpolicies'], WRITE)],
      [inCluster(ADMISSION, ['mutatingadmissionpolicybindings'], WRITE)],
    ],
    gives: { target: 'cluster-admin' },
    certainty: 'possible',
    commands: {
      target: ([policy, binding]) => [
        `${configure(policy, 'mutatingadmissionpolicies')} # a policy that adds a subject to each ClusterRoleBinding`,
        configure(binding, 'mutatingadmissionpolicybindings'),
      ],
    },
    source: 'https://kubernetes.io/docs/reference/access-authn-authz/mutating-admission-policy/',
  },
  {
    id: 'remove-admission',
    needs: [
      [
        inCluster(
          ADMISSION,
          [
            'validatingadmissionpolicies',
            'validatingadmissionpolicybindings',
            'mutatingadmissionpolicies',
            'mutatingadmissionpolicybindings',
            'validatingwebhookconfigurations',
            'mutatingwebhookconfigurations',
          ],
          [...CHANGE, 'delete', 'deletecollection'],
        ),
      ],
    ],
    gives: { effect: 'guard-removal' },
    certainty: 'proven',
    commands: { target: ['kubectl delete validatingadmissionpolicybinding <binding>'] },
    source: `${PRACTICES}#control-admission-webhooks`,
  },
  {
    id: 'crd-conversion',
    needs: [[inCluster('apiextensions.k8s.io', ['customresourcedefinitions'], WRITE)]],
    gives: { effect: 'tampering' },
    certainty: 'possible',
    commands: { target: ['kubectl edit crd <definition> # spec.conversion.webhook'] },
    source:
      'https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/#webhook-conversion',
  },
  {
    id: 'api-service',
    needs: [[inCluster('apiregistration.k8s.io', ['apiservices'], WRITE)]],
    gives: { effect: 'tampering' },
    certainty: 'possible',
    commands: { target: ['kubectl edit apiservice <service> # spec.service'] },
    source: 'https://kubernetes.io/docs/tasks/extend-kubernetes/configure-aggregation-layer/',
  },
  {
    id: 'aws-auth',
    needs: [configMap('kube-system', ['aws-auth'])],
    gives: 'aws-auth',
    certainty: 'proven',
    commands: {
      target: ([use]) => [
        `${write(use!, { create: '', path: '/api/v1/namespaces/kube-system/configmaps/aws-auth', what: 'data.mapUsers' })} # own ARN to system:masters`,
      ],
    },
    source: 'https://docs.aws.amazon.com/eks/latest/userguide/auth-configmap.html',
  },
  {
    id: 'cluster-dns',
    needs: [configMap('kube-system', ['coredns', 'coredns-custom', 'kube-dns', 'node-local-dns'])],
    gives: { effect: 'interception' },
    certainty: 'possible',
    commands: { target: ['kubectl -n kube-system edit configmap coredns'] },
    source: 'https://kubernetes.io/docs/tasks/administer-cluster/dns-custom-nameservers/',
  },
  {
    id: 'kube-proxy-config',
    needs: [configMap('kube-system', ['kube-proxy'])],
    gives: { effect: 'interception' },
    certainty: 'possible',
    commands: { target: ['kubectl -n kube-system edit configmap kube-proxy'] },
    source: 'https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/',
  },
  {
    id: 'cluster-info',
    needs: [configMap('kube-public', ['cluster-info'])],
    gives: { effect: 'interception' },
    certainty: 'possible',
    commands: { target: ['kubectl -n kube-public edit configmap cluster-info'] },
    source:
      'https://kubernetes.io/docs/reference/setup-tools/kubeadm/kubeadm-join/#token-based-discovery-with-ca-pinning',
  },
  {
    id: 'component-config',
    needs: [
      configMap('kube-system', [
        'kubeadm-config',
        'kubelet-config',
        'extension-apiserver-authentication',
        'kube-apiserver-legacy-service-account-token-tracking',
      ]),
    ],
    gives: { effect: 'tampering' },
    certainty: 'possible',
    commands: { target: ['kubectl -n kube-system edit configmap kubeadm-config'] },
    source: 'https://kubernetes.io/docs/tasks/administer-cluster/kubeadm/kubeadm-reconfigure/',
  },
  {
    id: 'change-roles',
    needs: [
      [
        inNamespace(RBAC, ['roles', 'rolebindings'], [...WRITE, 'delete', 'deletecollection']),
        inCluster(RBAC, ['clusterroles', 'clusterrolebindings'], [...WRITE, 'delete', 'deletecollection']),
      ],
    ],
    // Without bind or escalate, only rights that are held can be given on; taking away needs no more.
    gives: { effect: 'tampering' },
    certainty: 'proven',
    commands: {
      target: ['kubectl -n $NAMESPACE create rolebinding <name> --role=<held role> --user=<other>'],
    },
    source: ESCALATION,
  },
] as const satisfies readonly Power[];
