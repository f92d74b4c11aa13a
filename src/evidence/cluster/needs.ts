/** What a resource is read for; `permissions` says it above the rule that allows the list. */
export type NeedTopic =
  /** Pods, what makes pods, and what pods belong to. */
  | 'workloads'
  /** Who may do what, and as whom. */
  | 'access'
  /** Which pods may talk to which, and how. */
  | 'network'
  /** What can be reached from outside of the cluster. */
  | 'exposure'
  /** What the API server asks, or does by itself, before it takes an object. */
  | 'admission'
  /** APIs that others add to the API server. */
  | 'extensions'
  /** What keeps one workload from taking everything, and workloads available. */
  | 'limits'
  /** Machines and volumes that pods run on. */
  | 'nodes'
  /** Settings of programs, the cluster's own included. */
  | 'configuration'
  /** Types and keys of Secrets. */
  | 'secrets';

/** A resource that KubeStride asks a cluster for. */
export interface Need {
  readonly group: string;
  readonly kind: string;
  /** Plural name, for permissions and for a server that refuses discovery; else discovery says the name. */
  readonly resource: string;
  readonly namespaced: boolean;
  /** API versions that KubeStride can read, best first. */
  readonly versions: readonly string[];
  readonly topic: NeedTopic;
  /** Objects that are looked at, as a selector of labels; all of them where there is none. */
  readonly labelSelector?: string;
  /** Objects of a page to begin with, where objects are commonly too large for the usual number. */
  readonly pageSize?: number;
  /** Asked for only with `secrets: true`. */
  readonly onDemand?: true;
}

type Row = readonly [kind: string, resource: string, topic: NeedTopic, more?: Partial<Need>];

const CLUSTER_SCOPED = { namespaced: false } as const;

function rows(group: string, versions: readonly string[], entries: readonly Row[]): Need[] {
  return entries.map(([kind, resource, topic, more]) => ({
    group,
    kind,
    resource,
    namespaced: true,
    versions,
    topic,
    ...more,
  }));
}

/**
 * Everything that checks, engines and comparisons look at. Left out on purpose: what changes by itself all the time and is
 * read by nothing here (events, leases, Endpoints, which Kubernetes mirrors into EndpointSlices), and Secrets unless asked for.
 */
export const NEEDS: readonly Need[] = [
  // Namespaces and definitions come first: whoever reads the stream can tell early where other objects belong.
  ...rows(
    '',
    ['v1'],
    [
      ['Namespace', 'namespaces', 'workloads', CLUSTER_SCOPED],
      ['Node', 'nodes', 'nodes', CLUSTER_SCOPED],
      ['PersistentVolume', 'persistentvolumes', 'nodes', CLUSTER_SCOPED],
      ['PersistentVolumeClaim', 'persistentvolumeclaims', 'nodes'],
      ['Pod', 'pods', 'workloads'],
      ['PodTemplate', 'podtemplates', 'workloads'],
      ['ReplicationController', 'replicationcontrollers', 'workloads'],
      ['ServiceAccount', 'serviceaccounts', 'access'],
      ['Service', 'services', 'exposure'],
      ['ConfigMap', 'configmaps', 'configuration'],
      ['Secret', 'secrets', 'secrets', { onDemand: true }],
      ['ResourceQuota', 'resourcequotas', 'limits'],
      ['LimitRange', 'limitranges', 'limits'],
    ],
  ),
  ...rows(
    'apps',
    ['v1'],
    [
      ['Deployment', 'deployments', 'workloads'],
      ['ReplicaSet', 'replicasets', 'workloads'],
      ['StatefulSet', 'statefulsets', 'workloads'],
      ['DaemonSet', 'daemonsets', 'workloads'],
    ],
  ),
  ...rows('batch', ['v1'], [['Job', 'jobs', 'workloads']]),
  ...rows('batch', ['v1', 'v1beta1'], [['CronJob', 'cronjobs', 'workloads']]),
  ...rows(
    'rbac.authorization.k8s.io',
    ['v1', 'v1beta1', 'v1alpha1'],
    [
      ['Role', 'roles', 'access'],
      ['RoleBinding', 'rolebindings', 'access'],
      ['ClusterRole', 'clusterroles', 'access', CLUSTER_SCOPED],
      ['ClusterRoleBinding', 'clusterrolebindings', 'access', CLUSTER_SCOPED],
    ],
  ),
  ...rows(
    'certificates.k8s.io',
    ['v1', 'v1beta1'],
    [['CertificateSigningRequest', 'certificatesigningrequests', 'access', CLUSTER_SCOPED]],
  ),
  ...rows('networking.k8s.io', ['v1'], [['NetworkPolicy', 'networkpolicies', 'network']]),
  ...rows('networking.k8s.io', ['v1', 'v1beta1'], [['Ingress', 'ingresses', 'exposure']]),
  ...rows(
    'discovery.k8s.io',
    ['v1', 'v1beta1'],
    [
      // The slices of a Service with a selector say no more than its pods, and change with each of them.
      [
        'EndpointSlice',
        'endpointslices',
        'exposure',
        { labelSelector: 'endpointslice.kubernetes.io/managed-by!=endpointslice-controller.k8s.io' },
      ],
    ],
  ),
  ...rows(
    'admissionregistration.k8s.io',
    ['v1', 'v1beta1'],
    [
      ['ValidatingWebhookConfiguration', 'validatingwebhookconfigurations', 'admission', CLUSTER_SCOPED],
      ['MutatingWebhookConfiguration', 'mutatingwebhookconfigurations', 'admission', CLUSTER_SCOPED],
    ],
  ),
  ...rows(
    'admissionregistration.k8s.io',
    ['v1', 'v1beta1', 'v1alpha1'],
    [
      ['ValidatingAdmissionPolicy', 'validatingadmissionpolicies', 'admission', CLUSTER_SCOPED],
      ['ValidatingAdmissionPolicyBinding', 'validatingadmissionpolicybindings', 'admission', CLUSTER_SCOPED],
      ['MutatingAdmissionPolicy', 'mutatingadmissionpolicies', 'admission', CLUSTER_SCOPED],
      ['MutatingAdmissionPolicyBinding', 'mutatingadmissionpolicybindings', 'admission', CLUSTER_SCOPED],
    ],
  ),
  ...rows(
    'apiextensions.k8s.io',
    ['v1', 'v1beta1'],
    [
      // A definition with its schemas is often of several hundred KiB.
      [
        'CustomResourceDefinition',
        'customresourcedefinitions',
        'extensions',
        { namespaced: false, pageSize: 100 },
      ],
    ],
  ),
  ...rows(
    'apiregistration.k8s.io',
    ['v1', 'v1beta1'],
    [['APIService', 'apiservices', 'extensions', CLUSTER_SCOPED]],
  ),
  ...rows('autoscaling', ['v2', 'v1'], [['HorizontalPodAutoscaler', 'horizontalpodautoscalers', 'limits']]),
  ...rows('policy', ['v1', 'v1beta1'], [['PodDisruptionBudget', 'poddisruptionbudgets', 'limits']]),
  ...rows('policy', ['v1beta1'], [['PodSecurityPolicy', 'podsecuritypolicies', 'admission', CLUSTER_SCOPED]]),
  ...rows(
    'scheduling.k8s.io',
    ['v1', 'v1beta1'],
    [['PriorityClass', 'priorityclasses', 'limits', CLUSTER_SCOPED]],
  ),
  ...rows(
    'node.k8s.io',
    ['v1', 'v1beta1', 'v1alpha1'],
    [['RuntimeClass', 'runtimeclasses', 'nodes', CLUSTER_SCOPED]],
  ),
  ...rows('storage.k8s.io', ['v1', 'v1beta1'], [['StorageClass', 'storageclasses', 'nodes', CLUSTER_SCOPED]]),

  ...rows('apps.openshift.io', ['v1'], [['DeploymentConfig', 'deploymentconfigs', 'workloads']]),
  ...rows(
    'argoproj.io',
    ['v1alpha1'],
    [
      ['Rollout', 'rollouts', 'workloads'],
      ['Workflow', 'workflows', 'workloads'],
      ['WorkflowTemplate', 'workflowtemplates', 'workloads'],
      ['ClusterWorkflowTemplate', 'clusterworkflowtemplates', 'workloads', CLUSTER_SCOPED],
      ['CronWorkflow', 'cronworkflows', 'workloads'],
    ],
  ),
  ...rows(
    'serving.knative.dev',
    ['v1'],
    [
      ['Service', 'services', 'workloads'],
      ['Configuration', 'configurations', 'workloads'],
      ['Revision', 'revisions', 'workloads'],
    ],
  ),
  ...rows(
    'tekton.dev',
    ['v1', 'v1beta1'],
    [
      ['Task', 'tasks', 'workloads'],
      ['TaskRun', 'taskruns', 'workloads'],
      ['Pipeline', 'pipelines', 'workloads'],
      ['PipelineRun', 'pipelineruns', 'workloads'],
    ],
  ),
  ...rows('tekton.dev', ['v1beta1'], [['ClusterTask', 'clustertasks', 'workloads', CLUSTER_SCOPED]]),
  ...rows(
    'monitoring.coreos.com',
    ['v1'],
    [
      ['Prometheus', 'prometheuses', 'workloads'],
      ['Alertmanager', 'alertmanagers', 'workloads'],
      ['ThanosRuler', 'thanosrulers', 'workloads'],
    ],
  ),
  ...rows('monitoring.coreos.com', ['v1alpha1'], [['PrometheusAgent', 'prometheusagents', 'workloads']]),
  ...rows('keda.sh', ['v1alpha1'], [['ScaledObject', 'scaledobjects', 'limits']]),
  ...rows(
    'gateway.networking.k8s.io',
    ['v1', 'v1beta1'],
    [
      ['Gateway', 'gateways', 'exposure'],
      ['HTTPRoute', 'httproutes', 'exposure'],
    ],
  ),
  ...rows('gateway.networking.k8s.io', ['v1', 'v1alpha2'], [['GRPCRoute', 'grpcroutes', 'exposure']]),
  ...rows(
    'gateway.networking.k8s.io',
    ['v1', 'v1alpha3', 'v1alpha2'],
    [['TLSRoute', 'tlsroutes', 'exposure']],
  ),
  ...rows(
    'gateway.networking.k8s.io',
    ['v1alpha2'],
    [
      ['TCPRoute', 'tcproutes', 'exposure'],
      ['UDPRoute', 'udproutes', 'exposure'],
    ],
  ),
  ...rows(
    'gateway.networking.k8s.io',
    ['v1', 'v1beta1', 'v1alpha2'],
    [['ReferenceGrant', 'referencegrants', 'exposure']],
  ),
  ...rows('route.openshift.io', ['v1'], [['Route', 'routes', 'exposure']]),
  ...rows(
    'cilium.io',
    ['v2'],
    [
      ['CiliumNetworkPolicy', 'ciliumnetworkpolicies', 'network'],
      ['CiliumClusterwideNetworkPolicy', 'ciliumclusterwidenetworkpolicies', 'network', CLUSTER_SCOPED],
    ],
  ),
  ...rows(
    'cilium.io',
    ['v2', 'v2alpha1'],
    [['CiliumCIDRGroup', 'ciliumcidrgroups', 'network', CLUSTER_SCOPED]],
  ),
  // Calico's storage, and the API in front of it that not every installation has: policies may show in both.
  ...rows(
    'crd.projectcalico.org',
    ['v1'],
    [
      ['NetworkPolicy', 'networkpolicies', 'network'],
      ['GlobalNetworkPolicy', 'globalnetworkpolicies', 'network', CLUSTER_SCOPED],
      ['NetworkSet', 'networksets', 'network'],
      ['GlobalNetworkSet', 'globalnetworksets', 'network', CLUSTER_SCOPED],
      ['Tier', 'tiers', 'network', CLUSTER_SCOPED],
      ['HostEndpoint', 'hostendpoints', 'network', CLUSTER_SCOPED],
    ],
  ),
  ...rows(
    'projectcalico.org',
    ['v3'],
    [
      ['NetworkPolicy', 'networkpolicies', 'network'],
      ['GlobalNetworkPolicy', 'globalnetworkpolicies', 'network', CLUSTER_SCOPED],
      ['NetworkSet', 'networksets', 'network'],
      ['GlobalNetworkSet', 'globalnetworksets', 'network', CLUSTER_SCOPED],
      ['Tier', 'tiers', 'network', CLUSTER_SCOPED],
      ['HostEndpoint', 'hostendpoints', 'network', CLUSTER_SCOPED],
    ],
  ),
  ...rows(
    'crd.antrea.io',
    ['v1beta1', 'v1alpha1'],
    [
      ['NetworkPolicy', 'networkpolicies', 'network'],
      ['ClusterNetworkPolicy', 'clusternetworkpolicies', 'network', CLUSTER_SCOPED],
    ],
  ),
  ...rows(
    'k8s.ovn.org',
    ['v1'],
    [
      ['UserDefinedNetwork', 'userdefinednetworks', 'network'],
      ['ClusterUserDefinedNetwork', 'clusteruserdefinednetworks', 'network', CLUSTER_SCOPED],
    ],
  ),
  ...rows('policy.linkerd.io', ['v1beta3', 'v1beta2', 'v1beta1'], [['Server', 'servers', 'network']]),
  ...rows(
    'policy.linkerd.io',
    ['v1beta1', 'v1alpha1'],
    [['ServerAuthorization', 'serverauthorizations', 'network']],
  ),
  // Machines and clusters that have identities of the mesh.
  ...rows('workload.linkerd.io', ['v1beta1'], [['ExternalWorkload', 'externalworkloads', 'network']]),
  ...rows('multicluster.linkerd.io', ['v1alpha3', 'v1alpha2', 'v1alpha1'], [['Link', 'links', 'network']]),
  ...rows(
    'networking.istio.io',
    ['v1', 'v1beta1', 'v1alpha3'],
    [
      ['DestinationRule', 'destinationrules', 'network'],
      ['WorkloadEntry', 'workloadentries', 'network'],
      ['WorkloadGroup', 'workloadgroups', 'network'],
    ],
  ),
  ...rows(
    'policy.linkerd.io',
    ['v1alpha1'],
    [
      ['AuthorizationPolicy', 'authorizationpolicies', 'network'],
      ['MeshTLSAuthentication', 'meshtlsauthentications', 'network'],
      ['NetworkAuthentication', 'networkauthentications', 'network'],
    ],
  ),
  ...rows(
    'policy.networking.k8s.io',
    ['v1alpha1'],
    [
      ['AdminNetworkPolicy', 'adminnetworkpolicies', 'network', CLUSTER_SCOPED],
      ['BaselineAdminNetworkPolicy', 'baselineadminnetworkpolicies', 'network', CLUSTER_SCOPED],
    ],
  ),
  ...rows(
    'policy.networking.k8s.io',
    ['v1alpha2'],
    [['ClusterNetworkPolicy', 'clusternetworkpolicies', 'network', CLUSTER_SCOPED]],
  ),
  ...rows(
    'security.istio.io',
    ['v1', 'v1beta1'],
    [
      ['PeerAuthentication', 'peerauthentications', 'network'],
      ['RequestAuthentication', 'requestauthentications', 'network'],
      ['AuthorizationPolicy', 'authorizationpolicies', 'network'],
    ],
  ),
  // What lets clients in, or asks who they are, by APIs of ingress controllers and gateways.
  ...rows(
    'networking.istio.io',
    ['v1', 'v1beta1', 'v1alpha3'],
    [
      ['Gateway', 'gateways', 'exposure'],
      ['VirtualService', 'virtualservices', 'exposure'],
    ],
  ),
  ...rows(
    'traefik.io',
    ['v1alpha1'],
    [
      ['IngressRoute', 'ingressroutes', 'exposure'],
      ['IngressRouteTCP', 'ingressroutetcps', 'exposure'],
      ['IngressRouteUDP', 'ingressrouteudps', 'exposure'],
      ['Middleware', 'middlewares', 'exposure'],
    ],
  ),
  ...rows(
    'configuration.konghq.com',
    ['v1'],
    [
      ['KongPlugin', 'kongplugins', 'exposure'],
      ['KongClusterPlugin', 'kongclusterplugins', 'exposure', CLUSTER_SCOPED],
    ],
  ),
  ...rows(
    'configuration.konghq.com',
    ['v1beta1'],
    [
      ['TCPIngress', 'tcpingresses', 'exposure'],
      ['UDPIngress', 'udpingresses', 'exposure'],
    ],
  ),
  ...rows('projectcontour.io', ['v1'], [['HTTPProxy', 'httpproxies', 'exposure']]),
  ...rows(
    'getambassador.io',
    ['v2', 'v3alpha1'],
    [
      ['Mapping', 'mappings', 'exposure'],
      ['TCPMapping', 'tcpmappings', 'exposure'],
    ],
  ),
  ...rows(
    'k8s.nginx.org',
    ['v1'],
    [
      ['VirtualServer', 'virtualservers', 'exposure'],
      ['TransportServer', 'transportservers', 'exposure'],
    ],
  ),
  ...rows('apisix.apache.org', ['v2'], [['ApisixRoute', 'apisixroutes', 'exposure']]),
  ...rows('gateway.solo.io', ['v1'], [['VirtualService', 'virtualservices', 'exposure']]),
  ...rows(
    'cilium.io',
    ['v2'],
    [
      ['CiliumEnvoyConfig', 'ciliumenvoyconfigs', 'exposure'],
      ['CiliumClusterwideEnvoyConfig', 'ciliumclusterwideenvoyconfigs', 'exposure', CLUSTER_SCOPED],
    ],
  ),
  ...rows('serving.knative.dev', ['v1'], [['Route', 'routes', 'exposure']]),
  ...rows('gateway.envoyproxy.io', ['v1alpha1'], [['SecurityPolicy', 'securitypolicies', 'exposure']]),
  ...rows('cloud.google.com', ['v1'], [['BackendConfig', 'backendconfigs', 'exposure']]),
  ...rows(
    'networking.gke.io',
    ['v1'],
    [
      ['GCPBackendPolicy', 'gcpbackendpolicies', 'exposure'],
      ['MultiClusterIngress', 'multiclusteringresses', 'exposure'],
    ],
  ),
  // How Calico carries packets between nodes.
  ...rows('crd.projectcalico.org', ['v1'], [['IPPool', 'ippools', 'network', CLUSTER_SCOPED]]),
];
