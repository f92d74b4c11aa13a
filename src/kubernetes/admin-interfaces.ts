import { declaredPorts, type Program, Programs, type Recognised } from './programs.ts';
import type { Container } from './workload.ts';

/** A web interface, or the API behind one, by which a cluster or something in it is administered. */
export interface AdminInterface extends Program {
  /** Whether it asks who is there unless told otherwise. */
  readonly access: 'open' | 'login';
  /** Words of the command line, and `NAME=value` of the environment, that open it to everybody. */
  readonly openedBy?: readonly string[];
  /** Only there with one of these words. */
  readonly onlyWith?: readonly string[];
}

const open = { access: 'open' } as const;
const login = { access: 'login' } as const;

/**
 * Ports and what is asked of visitors are the defaults of each project's documentation and image. `open`: whoever reaches the port is in.
 */
const INTERFACES: readonly AdminInterface[] = [
  // What clusters are run with.
  {
    // Acts with its own account where a visitor may skip the login, and with the visitor's token otherwise.
    name: 'Kubernetes Dashboard',
    images: ['kubernetesui/dashboard', 'kubernetesui/dashboard-web', 'kubernetes-dashboard-amd64'],
    ports: [8443, 9090, 8000],
    ...login,
    openedBy: ['--enable-skip-login', '--enable-skip-login=true'],
  },
  // Deploys whatever it is told to, into every cluster that it manages.
  {
    name: 'Argo CD',
    images: ['argoproj/argocd', 'argocd'],
    ports: [8080],
    runs: ['argocd-server'],
    ...login,
    openedBy: ['--disable-auth', '--disable-auth=true', 'ARGOCD_SERVER_DISABLE_AUTH=true'],
  },
  // Runs containers that visitors describe; with auth-mode server as its own account, whoever asks.
  {
    name: 'Argo Workflows',
    images: ['argoproj/argocli', 'argocli'],
    ports: [2746],
    ...login,
    openedBy: ['--auth-mode=server', 'ARGO_AUTH_MODE=server'],
  },
  { name: 'Argo Rollouts', images: ['kubectl-argo-rollouts'], ports: [3100], ...open },
  // Notebooks and pipelines run what visitors write; the login is the work of a proxy in front.
  { name: 'Kubeflow', images: ['centraldashboard', 'ml-pipeline/frontend'], ports: [8082, 3000], ...open },
  { name: 'Tekton Dashboard', images: ['tektoncd/dashboard', 'cmd/dashboard'], ports: [9097], ...open },
  { name: 'Rancher', images: ['rancher/rancher'], ports: [80, 443], ...login },
  // Until somebody signs up, the first visitor becomes its administrator.
  {
    name: 'Portainer',
    images: ['portainer/portainer', 'portainer-ce', 'portainer-ee'],
    ports: [9000, 9443],
    ...login,
  },
  // Opens a shell in any container.
  {
    name: 'Weave Scope',
    images: ['weaveworks/scope'],
    ports: [4040],
    notWith: ['--mode=probe', '--probe-only'],
    ...open,
  },
  { name: 'Octant', images: ['octant'], ports: [7777], ...open },
  { name: 'Headlamp', images: ['headlamp-k8s/headlamp', 'headlamp'], ports: [4466], ...login },
  { name: 'KubeSphere', images: ['ks-console'], ports: [8000], ...login },
  { name: 'Kuboard', images: ['eipwork/kuboard'], ports: [80], ...login },
  { name: 'Kubernetes Operational View', images: ['kube-ops-view'], ports: [8080], ...open },
  // Deletes volumes.
  { name: 'Longhorn UI', images: ['longhorn-ui'], ports: [8000], ...open },
  { name: 'Chaos Dashboard', images: ['chaos-dashboard'], ports: [2333], ...login },
  // Shows every route; a login is the work of a middleware.
  {
    name: 'Traefik dashboard',
    images: ['traefik'],
    ports: [8080, 9000],
    onlyWith: ['--api.insecure', '--api.insecure=true', '--api.insecure=1'],
    ...open,
  },
  // What watches over them.
  {
    name: 'Grafana',
    images: ['grafana', 'grafana-oss', 'grafana-enterprise'],
    ports: [3000],
    ...login,
    openedBy: ['GF_AUTH_ANONYMOUS_ENABLED=true'],
  },
  // Names, addresses and versions of everything, and the configuration with its targets.
  { name: 'Prometheus', images: ['prom/prometheus', 'prometheus'], ports: [9090], ...open },
  // Silences alerts.
  { name: 'Alertmanager', images: ['alertmanager'], ports: [9093], ...open },
  { name: 'Kibana', images: ['kibana', 'kibana-oss'], ports: [5601], ...login },
  { name: 'OpenSearch Dashboards', images: ['opensearch-dashboards'], ports: [5601], ...login },
  { name: 'Hubble UI', images: ['hubble-ui'], ports: [8081], ...open },
  { name: 'Kiali', images: ['kiali'], ports: [20001], ...login },
  {
    name: 'Jaeger',
    images: ['jaegertracing/all-in-one', 'jaeger-query', 'jaegertracing/jaeger'],
    ports: [16686],
    ...open,
  },
  { name: 'Zipkin', images: ['zipkin', 'zipkin-slim'], ports: [9411], ...open },
  // What runs code for a living.
  {
    name: 'Airflow',
    images: ['airflow', 'docker-airflow'],
    ports: [8080],
    runs: ['webserver', 'api-server', 'standalone'],
    ...login,
  },
  { name: 'Jenkins', images: ['jenkins/jenkins', 'jenkins', 'blueocean'], ports: [8080, 8443], ...login },
  {
    name: 'Jupyter',
    images: [
      'base-notebook',
      'minimal-notebook',
      'scipy-notebook',
      'datascience-notebook',
      'tensorflow-notebook',
      'pytorch-notebook',
      'pyspark-notebook',
      'all-spark-notebook',
    ],
    ports: [8888],
    ...login,
    openedBy: [
      '--NotebookApp.token=',
      "--NotebookApp.token=''",
      '--ServerApp.token=',
      "--ServerApp.token=''",
      '--IdentityProvider.token=',
    ],
  },
  { name: 'JupyterHub', images: ['jupyterhub', 'k8s-hub'], ports: [8000, 8081], ...login },
  // Takes jobs from whoever asks (spark.authenticate and ACLs are off by default).
  { name: 'Spark', images: ['spark'], ports: [8080, 8081, 4040, 6066, 18080], ...open },
  // Runs archives that visitors upload.
  { name: 'Flink', images: ['flink'], ports: [8081], ...open },
  // Takes jobs without asking who sends them (CVE-2023-48022).
  { name: 'Ray', images: ['rayproject/ray', 'rayproject/ray-ml'], ports: [8265], ...open },
  { name: 'MLflow', images: ['mlflow'], ports: [5000], ...open },
  { name: 'Zeppelin', images: ['zeppelin'], ports: [8080], ...open },
  { name: 'Node-RED', images: ['node-red'], ports: [1880], ...open },
  {
    name: 'Selenium',
    images: ['selenium/hub', 'standalone-chrome', 'standalone-firefox'],
    ports: [4444],
    ...open,
  },
  { name: 'Flower', images: ['mher/flower'], ports: [5555], ...open },
  // What administers stores.
  { name: 'RabbitMQ management', images: ['rabbitmq'], ports: [15672, 15671], ...login },
  {
    name: 'Kafka UI',
    images: ['kafka-ui', 'kafdrop', 'akhq', 'redpandadata/console', 'kafka-manager', 'cmak'],
    ports: [8080, 9000],
    ...open,
  },
  { name: 'phpMyAdmin', images: ['phpmyadmin'], ports: [80, 8080, 443, 8443], ...login },
  { name: 'Adminer', images: ['adminer'], ports: [8080], ...login },
  { name: 'pgAdmin', images: ['pgadmin4'], ports: [80, 443, 5050], ...login },
  // Its image comes with a password that everybody knows.
  { name: 'mongo-express', images: ['mongo-express'], ports: [8081], ...open },
  { name: 'Redis Commander', images: ['redis-commander'], ports: [8081], ...open },
  { name: 'Redis Insight', images: ['redisinsight'], ports: [5540, 8001], ...open },
  { name: 'Cerebro', images: ['cerebro'], ports: [9000], ...open },
  { name: 'etcdkeeper', images: ['etcdkeeper'], ports: [8080], ...open },
  { name: 'MinIO console', images: ['minio/minio'], ports: [9001, 9090], ...login },
  // Without ACLs, which are off by default, whoever reaches it registers services and scripts that check them.
  { name: 'Consul', images: ['hashicorp/consul', 'consul'], ports: [8500, 8501], ...open },
  {
    name: 'Vault',
    images: ['hashicorp/vault', 'vault'],
    ports: [8200],
    notWith: ['agent', 'proxy'],
    ...login,
  },
];

const PROGRAMS = new Programs(INTERFACES);

export interface FoundInterface extends Recognised<AdminInterface> {
  readonly container: Container;
  /** Ports of the container at which it is served. */
  readonly ports: readonly number[];
  /** Whether it asks who is there, as the container is set up. */
  readonly access: AdminInterface['access'];
}

/** The administration interface that a container serves. */
export function adminInterfaceOf(container: Container): FoundInterface | undefined {
  if (!container.isLongRunning) return undefined;
  const found = PROGRAMS.of(container);
  if (found === undefined) return undefined;
  const { program } = found;
  const declared = declaredPorts(container);
  const ports =
    declared.length === 0 ? program.ports : program.ports.filter((port) => declared.includes(port));
  const settings = new Set([
    ...container.commandLine.map(({ text }) => text),
    ...container.environment.map(({ name, value }) => `${name}=${value?.toLowerCase()}`),
    // A flag and its value as two words.
    ...container.commandLine.map(({ text }, index, all) => `${text}=${all[index + 1]?.text}`),
  ]);
  const isSet = (wanted: readonly string[]) => wanted.some((each) => settings.has(each));
  if (ports.length === 0 || (program.onlyWith !== undefined && !isSet(program.onlyWith))) return undefined;
  const access = isSet(program.openedBy ?? []) ? 'open' : program.access;
  return { ...found, container, ports, access };
}
