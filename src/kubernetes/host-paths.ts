import { asString } from './json.ts';
import type { Container, Volume, VolumeMount, Workload } from './workload.ts';

/** What a path of the node means to whoever can reach it. In the order in which the worse one wins for a path that is several. */
export const HOST_PATH_KINDS = [
  'root',
  'runtime-socket',
  'control-plane',
  'kubelet',
  'etcd',
  'logs',
  'kernel',
  'devices',
  'system',
  'other',
] as const;
export type HostPathKind = (typeof HOST_PATH_KINDS)[number];

/** A hostPath volume of a workload, judged over the containers that mount it. */
export interface HostPathUse {
  readonly volume: Volume;
  /** The path of the node as it is written, with what `subPath` adds. */
  readonly written: string;
  /** The same, normalised. */
  readonly path: string;
  readonly kind: HostPathKind;
  readonly access: 'writable' | 'read-only' | 'unmounted';
  /** Names of the containers that have this access, in their order. */
  readonly containers: readonly string[];
  /** One of these containers may run as root, as far as its security context says. */
  readonly asRoot: boolean;
  /** Field path of what names the path. */
  readonly at: string;
}

const SOCKETS = [
  '/run/containerd/containerd.sock',
  '/run/k3s/containerd/containerd.sock',
  '/run/k0s/containerd.sock',
  '/run/crio/crio.sock',
  '/run/docker.sock',
  '/run/docker/containerd/containerd.sock',
  '/run/cri-dockerd.sock',
  '/run/dockershim.sock',
  '/run/podman/podman.sock',
];
const SOCKET_NAMES = new Set(SOCKETS.map((path) => path.slice(path.lastIndexOf('/') + 1)));
const WINDOWS_PIPE = /^\/\/\.\/pipe\//i;
const RUNTIME_PIPE = /^\/\/\.\/pipe\/(?:docker_engine|containerd-containerd)$/i;

/** A path of one of these kinds is the entry itself or lies below it; a parent of the entry holds it too. */
const PLACES: readonly (readonly [HostPathKind, readonly string[]])[] = [
  [
    'control-plane',
    [
      '/etc/kubernetes',
      '/etc/rancher',
      '/var/lib/rancher/k3s/server',
      '/var/lib/rancher/rke2/server',
      '/var/lib/k0s/pki',
      '/var/lib/k0s/manifests',
      '/var/lib/minikube/certs',
      '/var/snap/microk8s',
      '/srv/kubernetes',
      '/var/lib/kube-controller-manager',
      '/var/lib/kube-proxy',
      '/var/lib/kube-scheduler',
    ],
  ],
  ['kubelet', ['/var/lib/kubelet', '/var/lib/k0s/kubelet']],
  ['etcd', ['/var/lib/etcd', '/var/lib/k0s/etcd']],
  ['logs', ['/var/log']],
  ['kernel', ['/proc', '/sys']],
  ['devices', ['/dev']],
  [
    'system',
    [
      '/bin',
      '/boot',
      '/etc',
      '/home',
      '/lib',
      '/lib32',
      '/lib64',
      '/libx32',
      '/opt/cni',
      '/root',
      '/run/containerd',
      '/run/crio',
      '/run/dbus',
      '/run/docker',
      '/run/k3s',
      '/run/podman',
      '/run/systemd',
      '/sbin',
      '/usr',
      '/var/lib/cloud',
      '/var/lib/containerd',
      '/var/lib/containers',
      '/var/lib/docker',
      '/var/lib/k0s',
      '/var/lib/rancher',
      '/var/spool/cron',
    ],
  ],
];

/** Found on the nodes of some distributions only, so that a parent directory is not taken to hold them. */
const NOT_BY_PARENT = /^\/(?:var\/lib\/(?:rancher|k0s|minikube|kube-)|var\/snap|srv)/;

/** Files that every user of the node may read anyway and that hold no secret. */
const PUBLIC = [
  '/etc/ca-certificates',
  '/etc/localtime',
  '/etc/machine-id',
  '/etc/os-release',
  '/etc/pki/ca-trust',
  '/etc/pki/tls/certs',
  '/etc/ssl/certs',
  '/etc/timezone',
  '/lib/modules',
  '/usr/lib/modules',
  '/usr/lib/os-release',
  '/usr/local/share/ca-certificates',
  '/usr/share/ca-certificates',
  '/usr/share/zoneinfo',
  '/usr/src',
];

/**
 * A node's path without what makes two spellings of one path differ: repeated and trailing slashes, `.` and `..`, the link
 * from /var/run to /run, the ways through /proc to the node's own root, and a Windows drive.
 */
export function normaliseHostPath(path: string): string {
  if (/^(?:[A-Za-z]:|\\\\)/.test(path)) {
    const forward = path.replaceAll('\\', '/');
    if (WINDOWS_PIPE.test(forward)) return forward;
    return normaliseHostPath(`/${forward.replace(/^[A-Za-z]:/, '')}`);
  }
  if (WINDOWS_PIPE.test(path)) return path;
  const steps: string[] = [];
  for (const step of path.split('/')) {
    if (step === '..') steps.pop();
    else if (step !== '' && step !== '.') steps.push(step);
    if (steps.length === 2 && steps[0] === 'var' && steps[1] === 'run') steps.splice(0, 2, 'run');
    if (steps.length === 3 && steps[0] === 'proc' && /^(?:1|self)$/.test(steps[1]!) && steps[2] === 'root') {
      steps.length = 0;
    }
  }
  return `/${steps.join('/')}`;
}

function within(path: string, parent: string): boolean {
  return path === parent || path.startsWith(parent === '/' ? '/' : `${parent}/`);
}

/** The kind of a normalised path; a directory that holds paths of several kinds is of the worst. */
export function hostPathKind(path: string): HostPathKind {
  if (path === '/') return 'root';
  if (
    RUNTIME_PIPE.test(path) ||
    SOCKET_NAMES.has(path.slice(path.lastIndexOf('/') + 1)) ||
    SOCKETS.some((socket) => within(socket, path))
  ) {
    return 'runtime-socket';
  }
  for (const [kind, places] of PLACES) {
    if (places.some((place) => within(path, place))) return moreSensitiveChild(path, kind);
  }
  return kindByChildren(path) ?? 'other';
}

function kindByChildren(path: string): HostPathKind | undefined {
  return PLACES.find(([, places]) =>
    places.some((place) => within(place, path) && !NOT_BY_PARENT.test(place)),
  )?.[0];
}

/** `/etc` is a system directory and, holding /etc/kubernetes, more than that. */
function moreSensitiveChild(path: string, kind: HostPathKind): HostPathKind {
  const inside = kindByChildren(path);
  return inside !== undefined && HOST_PATH_KINDS.indexOf(inside) < HOST_PATH_KINDS.indexOf(kind)
    ? inside
    : kind;
}

/** True for files such as time zones and CA certificates, whose reading tells nothing. */
export function isPublicHostPath(path: string): boolean {
  return PUBLIC.some((place) => within(path, place));
}

interface Mounted {
  readonly written: string;
  readonly path: string;
  readonly kind: HostPathKind;
  readonly readOnly: boolean;
  readonly container: Container;
}

const USES = new WeakMap<Workload, readonly HostPathUse[]>();

/** The hostPath volumes of a workload; those without a path, which the API server refuses, are left out. */
export function hostPathUses(workload: Workload): readonly HostPathUse[] {
  let uses = USES.get(workload);
  if (uses === undefined) {
    const volumes = workload.volumes.filter(({ source }) => source === 'hostPath');
    uses = volumes.length === 0 ? NO_USES : volumes.flatMap((volume) => hostPathUse(workload, volume));
    USES.set(workload, uses);
  }
  return uses;
}

const NO_USES: readonly HostPathUse[] = Object.freeze([]);

function hostPathUse(workload: Workload, volume: Volume): HostPathUse[] {
  const written = asString(volume.settings['path']) ?? '';
  if (written === '') return [];
  const at = `${volume.path}.hostPath.path`;
  const mounts = workload.containers.flatMap((container) =>
    container.volumeMounts
      .filter(({ name }) => name === volume.name)
      .map((mount) => mounted(container, mount, written)),
  );
  if (mounts.length === 0) {
    const path = normaliseHostPath(written);
    const kind = hostPathKind(path);
    return [{ volume, written, path, kind, access: 'unmounted', containers: [], asRoot: false, at }];
  }
  const worst = Math.min(...mounts.map(({ kind }) => HOST_PATH_KINDS.indexOf(kind)));
  const ofKind = mounts.filter(({ kind }) => kind === HOST_PATH_KINDS[worst]);
  const writable = ofKind.filter(({ readOnly }) => !readOnly);
  const deciding = writable.length > 0 ? writable : ofKind;
  const { written: shown, path, kind } = deciding[0]!;
  return [
    {
      volume,
      written: shown,
      path,
      kind,
      access: writable.length > 0 ? 'writable' : 'read-only',
      containers: [...new Set(deciding.map(({ container }) => container.name))],
      asRoot: deciding.some(({ container }) => mayBeRoot(container)),
      at,
    },
  ];
}

function mounted(container: Container, mount: VolumeMount, volumePath: string): Mounted {
  const subPath = asString(mount.raw['subPath']) ?? '';
  const written = subPath === '' ? volumePath : `${volumePath.replace(/\/+$/, '')}/${subPath}`;
  const path = normaliseHostPath(written);
  return { written, path, kind: hostPathKind(path), readOnly: mount.readOnly, container };
}

function mayBeRoot({ security }: Container): boolean {
  return security.runAsUser === 0 || (security.runAsUser === undefined && security.runAsNonRoot !== true);
}
