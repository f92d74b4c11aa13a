import { inCluster, inNamespace, type Power } from '../power.ts';

const PRACTICES = 'https://kubernetes.io/docs/concepts/security/rbac-good-practices/';
const CHANGE = ['update', 'patch'];
const WRITE = ['create', ...CHANGE];
const REMOVE = ['delete', 'deletecollection'];

/** Harm without a new identity: traffic that is redirected, guards that are lifted, work that is stopped, traces that go. */
export const DISRUPTION_POWERS = [
  {
    id: 'node-status',
    needs: [[inCluster('', ['nodes/status', 'nodes'], CHANGE)]],
    gives: { effect: 'interception' },
    certainty: 'possible',
    commands: { target: ['kubectl label node <node> <label that powerful pods select>'] },
    source:
      'https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#node-isolation-restriction',
  },
  {
    id: 'steal-pods',
    needs: [
      [
        inNamespace('', ['pods'], REMOVE),
        inNamespace('', ['pods/eviction'], ['create']),
        inNamespace('', ['pods/status'], CHANGE),
      ],
      [inCluster('', ['nodes', 'nodes/status'], [...CHANGE, 'delete'])],
    ],
    // Whoever is on one node draws powerful pods to it.
    gives: { effect: 'interception' },
    certainty: 'possible',
    commands: {
      target: ['kubectl cordon <every other node>', 'kubectl -n $NAMESPACE delete pod <powerful pod>'],
    },
    source: 'https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/',
  },
  {
    id: 'pod-status',
    needs: [[inNamespace('', ['pods/status'], CHANGE)]],
    // A status update may change labels, and with them which Services lead to the pod.
    gives: { effect: 'interception' },
    certainty: 'possible',
    commands: {
      target: [
        'kubectl -n $NAMESPACE patch pod <pod> --subresource=status -p \'{"metadata":{"labels":{…}}}\'',
      ],
    },
    source: 'k8s.io/kubernetes pkg/registry/core/pod/strategy.go, podStatusStrategy',
  },
  {
    id: 'service-addresses',
    needs: [
      [
        inNamespace('', ['services/status'], CHANGE),
        inNamespace('', ['services'], WRITE),
        inNamespace('', ['endpoints'], WRITE),
        inNamespace('discovery.k8s.io', ['endpointslices'], WRITE),
      ],
    ],
    gives: { effect: 'interception' },
    certainty: 'possible',
    commands: {
      target: ['kubectl -n $NAMESPACE patch service <service> -p \'{"spec":{"externalIPs":["<ip>"]}}\''],
    },
    source: 'CVE-2020-8554',
  },
  {
    id: 'ingress-routes',
    needs: [
      [
        inNamespace('networking.k8s.io', ['ingresses'], WRITE),
        inNamespace(
          'gateway.networking.k8s.io',
          ['gateways', 'httproutes', 'tlsroutes', 'grpcroutes'],
          WRITE,
        ),
      ],
    ],
    gives: { effect: 'interception' },
    certainty: 'possible',
    commands: { target: ['kubectl -n $NAMESPACE edit ingress <ingress>'] },
    source: 'https://kubernetes.io/docs/concepts/services-networking/ingress/',
  },
  {
    id: 'network-policies',
    needs: [[inNamespace('networking.k8s.io', ['networkpolicies'], [...CHANGE, ...REMOVE])]],
    gives: { effect: 'guard-removal' },
    certainty: 'proven',
    commands: { target: ['kubectl -n $NAMESPACE delete networkpolicy <policy>'] },
    source: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/',
  },
  {
    id: 'namespace-labels',
    needs: [[inNamespace('', ['namespaces'], CHANGE)]],
    gives: { effect: 'guard-removal' },
    certainty: 'proven',
    commands: {
      target: [
        'kubectl label namespace $NAMESPACE --overwrite pod-security.kubernetes.io/enforce=privileged',
      ],
    },
    source: `${PRACTICES}#namespace-modification`,
  },
  {
    id: 'use-privileged-policies',
    needs: [
      [
        inNamespace('security.openshift.io', ['securitycontextconstraints'], ['use']),
        inNamespace('policy', ['podsecuritypolicies'], ['use']),
      ],
    ],
    gives: { effect: 'guard-removal' },
    certainty: 'possible',
    commands: { target: ['oc auth can-i use scc/$NAME'] },
    source:
      'https://docs.openshift.com/container-platform/latest/authentication/managing-security-context-constraints.html',
  },
  {
    id: 'quota-removal',
    needs: [[inNamespace('', ['resourcequotas', 'limitranges'], [...CHANGE, ...REMOVE])]],
    gives: { effect: 'denial-of-service' },
    certainty: 'proven',
    commands: { target: ['kubectl -n $NAMESPACE delete resourcequota <quota>'] },
    source: `${PRACTICES}#object-creation-dos`,
  },
  {
    id: 'priorities',
    needs: [
      [
        inCluster('scheduling.k8s.io', ['priorityclasses'], [...WRITE, ...REMOVE]),
        inCluster(
          'flowcontrol.apiserver.k8s.io',
          ['flowschemas', 'prioritylevelconfigurations'],
          [...WRITE, ...REMOVE],
        ),
      ],
    ],
    gives: { effect: 'denial-of-service' },
    certainty: 'proven',
    commands: { target: ['kubectl create priorityclass <name> --value=1000000000'] },
    source: 'https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/',
  },
  {
    id: 'leases',
    needs: [
      [
        inNamespace('coordination.k8s.io', ['leases'], [...CHANGE, ...REMOVE], { namespace: 'kube-system' }),
        inNamespace('coordination.k8s.io', ['leases'], [...CHANGE, ...REMOVE], {
          namespace: 'kube-node-lease',
        }),
      ],
    ],
    // Whoever holds the lease of the controller manager or the scheduler stops it; that of a node takes its pods away.
    gives: { effect: 'denial-of-service' },
    certainty: 'proven',
    commands: {
      target: [
        'kubectl -n kube-system patch lease kube-controller-manager -p \'{"spec":{"holderIdentity":"<self>"}}\'',
      ],
    },
    source: 'https://kubernetes.io/docs/concepts/architecture/leases/',
  },
  {
    id: 'delete-objects',
    needs: [
      [
        inNamespace('', ['pods', 'secrets', 'services', 'persistentvolumeclaims', 'configmaps'], REMOVE),
        inNamespace('apps', ['deployments', 'statefulsets', 'daemonsets', 'replicasets'], REMOVE),
        inNamespace('batch', ['jobs', 'cronjobs'], REMOVE),
        inNamespace('', ['namespaces'], REMOVE),
        inCluster('', ['nodes', 'persistentvolumes'], REMOVE),
        inCluster('apiextensions.k8s.io', ['customresourcedefinitions'], REMOVE),
        inCluster('apiregistration.k8s.io', ['apiservices'], REMOVE),
        inNamespace('', ['pods/eviction'], ['create']),
      ],
    ],
    gives: { effect: 'denial-of-service' },
    certainty: 'proven',
    commands: { target: ['kubectl -n $NAMESPACE delete <kind> <name>'] },
    source: PRACTICES,
  },
  {
    id: 'delete-events',
    needs: [[inNamespace('', ['events'], REMOVE), inNamespace('events.k8s.io', ['events'], REMOVE)]],
    gives: { effect: 'evidence-removal' },
    certainty: 'proven',
    commands: { target: ['kubectl -n $NAMESPACE delete events --all'] },
    source: 'MITRE ATT&CK T1070',
  },
  {
    id: 'change-jobs',
    needs: [[inNamespace('batch', ['jobs'], CHANGE)]],
    // The pod template of a Job is immutable: only its number of pods and where they run can be changed.
    gives: { effect: 'tampering' },
    certainty: 'proven',
    commands: { target: ['kubectl -n $NAMESPACE patch job <job> -p \'{"spec":{"suspend":true}}\''] },
    source: 'https://kubernetes.io/docs/concepts/workloads/controllers/job/#mutable-scheduling-directives',
  },
  {
    id: 'change-secrets',
    needs: [[inNamespace('', ['secrets', 'configmaps'], CHANGE)]],
    gives: { effect: 'tampering' },
    certainty: 'possible',
    commands: { target: ['kubectl -n $NAMESPACE edit secret <secret>'] },
    source: 'https://kubernetes.io/docs/concepts/configuration/secret/',
  },
] as const satisfies readonly Power[];
