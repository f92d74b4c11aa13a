import { parseImage } from './images.ts';
import type { Container, Workload } from './workload.ts';

/** What a pod's images and arguments say about calls to the API server. */
export type ApiUse =
  /** `evidence` is the flag, the command or the image that says so. */
  | { readonly kind: 'calls'; readonly container: string; readonly evidence: string }
  /** All of its images are of programs that know nothing of Kubernetes. */
  | { readonly kind: 'never'; readonly images: readonly string[] }
  | { readonly kind: 'unclear' };

/** Flags that only programs have which call an API server: client-go's, and those of controllers built with it. */
const FLAGS =
  /^--?(?:kubeconfig|leader-elect(?:ion)?(?:-[a-z-]+)?|enable-leader-election|in-cluster|apiserver-host|kube-api-(?:qps|burst|server)|providers\.kubernetes[a-z]+)(?:=|$)/;
/** Such a flag that is switched off says nothing. */
const SWITCHED_OFF = /=(?:false|)$/;

const COMMANDS = new Set(['kubectl', 'helm', 'oc', 'istioctl', 'argocd', 'flux']);

/** Last parts of the names of images whose programs live from the API, whoever built them. */
const CALLERS = new Set([
  'argocd',
  'aws-load-balancer-controller',
  'cainjector',
  'cert-manager-cainjector',
  'cert-manager-controller',
  'cert-manager-webhook',
  'cluster-autoscaler',
  'cluster-proportional-autoscaler',
  'coredns',
  'csi-attacher',
  'csi-provisioner',
  'csi-resizer',
  'csi-snapshotter',
  'descheduler',
  'external-attacher',
  'external-dns',
  'external-provisioner',
  'external-secrets',
  'gatekeeper',
  'helm-controller',
  'k8s-sidecar',
  'karpenter',
  'keda',
  'kube-controllers',
  'kube-proxy',
  'kube-rbac-proxy',
  'kube-router',
  'kube-state-metrics',
  'kube-vip',
  'kubectl',
  'kubernetes-event-exporter',
  'kubescape',
  'kured',
  'kustomize-controller',
  'kyverno',
  'kyvernopre',
  'leader-elector',
  'metrics-server',
  'nfs-subdir-external-provisioner',
  'node-feature-discovery',
  'node-problem-detector',
  'notification-controller',
  'prometheus-adapter',
  'reloader',
  'sealed-secrets-controller',
  'snapshot-controller',
  'source-controller',
  'trivy-operator',
  'velero',
  'vertical-pod-autoscaler',
  'vpa-recommender',
]);

/** `…/postgres-operator`, `…/foo-controller-manager`: what the name says, no ordinary program is called. */
const CALLER_NAME =
  /(?:^|-)(?:operator|controller|controller-manager|provisioner|autoscaler|kube-state-metrics)$/;

/** Docker's own images of programs that have no client of the Kubernetes API. Those that can find peers by it are left out. */
const NEVER = new Set(
  [
    'adminer',
    'cassandra',
    'couchdb',
    'ghost',
    'haproxy',
    'httpd',
    'influxdb',
    'mariadb',
    'memcached',
    'mongo',
    'mysql',
    'nginx',
    'postgres',
    'redis',
    'registry',
    'tomcat',
    'valkey',
    'varnish',
    'wordpress',
    'zookeeper',
  ].map((name) => `library/${name}`),
);

/** What a script that calls the API cannot do without. */
const SAYS_OTHERWISE = /kubernetes|serviceaccount|kubectl|KUBERNETES_/;

/** Looks at images, commands and arguments alone; what a program does by its configuration is not seen. */
export function apiUse(workload: Workload): ApiUse {
  for (const container of workload.containers) {
    const evidence = callEvidence(container);
    if (evidence !== undefined) return { kind: 'calls', container: container.name, evidence };
  }
  const images = workload.containers.map(({ image }) => image);
  const isPlain = images.length > 0 && workload.containers.every(neverCalls);
  return isPlain ? { kind: 'never', images: [...new Set(images)] } : { kind: 'unclear' };
}

function callEvidence(container: Container): string | undefined {
  const words = container.commandLine.map(({ text }) => text);
  const flag = words.find((word) => FLAGS.test(word) && !SWITCHED_OFF.test(word));
  if (flag !== undefined) return flag;
  const program = words[0] === undefined ? undefined : words[0].slice(words[0].lastIndexOf('/') + 1);
  if (program !== undefined && COMMANDS.has(program)) return program;
  const repository = parseImage(container.image)?.repository;
  const name = repository?.slice(repository.lastIndexOf('/') + 1) ?? '';
  const isCaller = CALLERS.has(name) || CALLER_NAME.test(name) || repository === 'ingress-nginx/controller';
  return isCaller ? container.image : undefined;
}

function neverCalls(container: Container): boolean {
  const image = parseImage(container.image);
  if (image?.registry !== 'docker.io' || !NEVER.has(image.repository)) return false;
  return !container.commandLine.some(({ text }) => SAYS_OTHERWISE.test(text));
}
