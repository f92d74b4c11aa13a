import { inCluster, inNamespace, type Power } from '../power.ts';

const PRACTICES = 'https://kubernetes.io/docs/concepts/security/rbac-good-practices/';
const CONTROLLERS = ['deployments', 'daemonsets', 'statefulsets', 'replicasets'];

const pods = inNamespace('', ['pods'], ['create']);
const controllers = [
  inNamespace('apps', CONTROLLERS, ['create']),
  inNamespace('batch', ['jobs', 'cronjobs'], ['create']),
  inNamespace('', ['replicationcontrollers'], ['create']),
];

const podWith = (spec: string, command: string) =>
  `kubectl -n $NAMESPACE run probe --image=<image> --overrides='{"spec":${spec}}' --command -- ${command}`;
const TOKEN = 'cat /var/run/secrets/kubernetes.io/serviceaccount/token';
const ACCOUNT_POD = podWith('{"serviceAccountName":"$ACCOUNT"}', TOKEN);
const NODE_POD = podWith(
  '{"nodeName":"$NODE","hostPID":true,"containers":[{"name":"probe","image":"<image>","securityContext":{"privileged":true}}]}',
  'nsenter -t 1 -m -u -i -n sh',
);
const inWorkload = (verb: string) => ({
  account: [
    `kubectl -n $NAMESPACE ${verb} # with spec.template.spec.serviceAccountName: $ACCOUNT`,
    `${TOKEN} # in its pod`,
  ],
  node: [
    `kubectl -n $NAMESPACE ${verb} # with nodeName: $NODE, hostPID: true and a privileged container`,
    'nsenter -t 1 -m -u -i -n sh # in its pod',
  ],
});

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
    commands: inWorkload('create -f <workload>'),
    source: `${PRACTICES}#workload-creation`,
  },
  {
    id: 'change-workload',
    needs: [
      [
        inNamespace('apps', CONTROLLERS, ['update', 'patch']),
        inNamespace('batch', ['cronjobs'], ['update', 'patch']),
        inNamespace('', ['replicationcontrollers'], ['update', 'patch']),
      ],
    ],
    gives: 'changed-workloads',
    certainty: 'proven',
    commands: inWorkload('edit <workload>'),
    source: `${PRACTICES}#workload-creation`,
  },
  {
    id: 'custom-workload',
    needs: [
      [
        inNamespace('argoproj.io', ['workflows', 'cronworkflows', 'rollouts'], ['create', 'update', 'patch']),
        inNamespace('tekton.dev', ['taskruns', 'pipelineruns'], ['create']),
        inNamespace('serving.knative.dev', ['services', 'configurations'], ['create', 'update', 'patch']),
        inNamespace('batch.volcano.sh', ['jobs'], ['create']),
        inNamespace('kubeflow.org', ['pytorchjobs', 'tfjobs', 'mpijobs', 'notebooks'], ['create']),
        inNamespace('ray.io', ['rayclusters', 'rayjobs', 'rayservices'], ['create', 'update', 'patch']),
        inNamespace('keda.sh', ['scaledjobs'], ['create', 'update', 'patch']),
        inNamespace(
          'monitoring.coreos.com',
          ['prometheuses', 'alertmanagers'],
          ['create', 'update', 'patch'],
        ),
      ],
    ],
    gives: 'custom-workloads',
    // What pods come of a custom resource is up to its controller.
    certainty: 'possible',
    commands: inWorkload('create -f <custom-resource>'),
    source: `${PRACTICES}#workload-creation`,
  },
  {
    id: 'change-pod',
    needs: [[inNamespace('', ['pods'], ['update', 'patch'])]],
    gives: 'code',
    certainty: 'proven',
    commands: {
      account: ['kubectl -n $NAMESPACE set image pod/$NAME <container>=<image>', `${TOKEN} # in its pod`],
      node: ['kubectl -n $NAMESPACE set image pod/$NAME <container>=<image>'],
    },
    source: 'https://kubernetes.io/docs/concepts/workloads/pods/#pod-update-and-replacement',
  },
  {
    id: 'exec',
    needs: [[inNamespace('', ['pods/exec'], ['create'])]],
    gives: 'code',
    certainty: 'proven',
    commands: {
      account: [`kubectl -n $NAMESPACE exec $NAME -- ${TOKEN}`],
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
    commands: { account: [`websocat wss://<server>/api/v1/namespaces/$NAMESPACE/pods/$NAME/exec?command=…`] },
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
    needs: [[inNamespace('', ['pods/ephemeralcontainers'], ['update', 'patch'])]],
    gives: 'debugged-code',
    certainty: 'proven',
    commands: {
      account: [
        'kubectl -n $NAMESPACE debug $NAME --image=<image> --target=<container> -it -- cat /proc/1/root/var/run/secrets/kubernetes.io/serviceaccount/token',
      ],
      node: ['kubectl -n $NAMESPACE debug $NAME --image=<image> --profile=sysadmin -it -- sh'],
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
      account: [
        `websocat wss://<server>/api/v1/nodes/<node>/proxy/exec/$NAMESPACE/$NAME/<container>?command=cat&command=/var/run/secrets/kubernetes.io/serviceaccount/token`,
      ],
      node: [
        'kubectl get --raw /api/v1/nodes/<node>/proxy/pods # then a command in a privileged one of them',
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
      node: [
        'kubectl create -f <volume> # a PersistentVolume with hostPath: /, bound to a claim in $NAMESPACE',
        podWith(
          '{"nodeName":"$NODE","volumes":[{"name":"host","persistentVolumeClaim":{"claimName":"<claim>"}}]}',
          'chroot <mount> sh',
        ),
      ],
    },
    source: `${PRACTICES}#persistent-volume-creation`,
  },
  {
    id: 'relax-pod-security',
    needs: [[inNamespace('', ['namespaces'], ['update', 'patch'])], [pods, ...controllers]],
    gives: 'unguarded-pods',
    certainty: 'proven',
    commands: {
      node: [
        'kubectl label namespace $NAMESPACE --overwrite pod-security.kubernetes.io/enforce=privileged',
        NODE_POD,
      ],
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
      [inNamespace('', ['pods/proxy', 'services/proxy'], ['get', 'create', 'update', 'patch', 'delete'])],
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
