/** Where a process runs, as its cgroup tells. */
export interface ContainerPlace {
  /** Of the Pod; of a static Pod the hash that its mirror has in annotation kubernetes.io/config.hash. Empty where the path names none. */
  readonly podUid: string;
  /** Of the container runtime, 64 hexadecimal digits; empty for what runs in the pod's own cgroup. */
  readonly containerId: string;
  /** Guaranteed pods have no level of their own in the path. */
  readonly qos: 'guaranteed' | 'burstable' | 'besteffort';
}

/**
 * With the systemd driver: `kubepods-burstable-pod0a1b_….slice`, dashes of the UID as underscores (kubelet, cm/cgroup_manager_linux.go), and
 * in front what kubelet's cgroupRoot says, as `kubelet-` in kind.
 */
const SYSTEMD_POD = /^(?:[\w.]{1,64}-)?kubepods(?:-(burstable|besteffort))?-pod([0-9a-f_]{32,36})\.slice$/;
const CGROUPFS_POD = /^pod([0-9a-f-]{32,36})$/;
/** `cri-containerd-ID.scope`, `crio-ID.scope`, `docker-ID.scope`; with the cgroupfs driver `ID`, of CRI-O `crio-ID`. */
const CONTAINER = /^(?:cri-containerd[-:]|crio-|docker-|libpod-)?([0-9a-f]{64})(?:\.scope)?$/;

/** Undefined for a path that is none of a pod: of the node itself, or of a container that Kubernetes did not start. */
export function placeOf(path: string): ContainerPlace | undefined {
  let podUid: string | undefined;
  let qos: ContainerPlace['qos'] = 'guaranteed';
  let containerId = '';
  for (const segment of path.split(/[/:]/)) {
    if (podUid === undefined) {
      if (segment === 'burstable' || segment === 'besteffort') qos = segment;
      const systemd = SYSTEMD_POD.exec(segment);
      if (systemd !== null) {
        if (systemd[1] !== undefined) qos = systemd[1] as 'burstable' | 'besteffort';
        podUid = systemd[2]!.replaceAll('_', '-');
      } else {
        podUid = CGROUPFS_POD.exec(segment)?.[1];
      }
    }
    // With containerd's own systemd names: `kubepods-pod….slice:cri-containerd:ID`. What runs inside may have cgroups of its own below.
    if (containerId === '' && podUid !== undefined) containerId = CONTAINER.exec(segment)?.[1] ?? '';
  }
  return podUid === undefined ? undefined : { podUid, containerId, qos };
}

/**
 * The path of a process out of /proc/PID/cgroup: `0::/PATH` (version 2), or of version 1 the line of a controller that kubelets use.
 * Undefined where there is none.
 */
export function cgroupPath(content: string): string | undefined {
  let unified: string | undefined;
  for (const line of content.split('\n')) {
    const first = line.indexOf(':');
    const second = line.indexOf(':', first + 1);
    if (first < 0 || second < 0) continue;
    const controllers = line.slice(first + 1, second);
    const path = line.slice(second + 1);
    // Hybrid: version 2 is mounted for systemd alone, and kubelets use version 1.
    if (controllers === '') unified = path;
    else if (controllers === 'memory' || controllers === 'pids' || controllers.split(',').includes('cpu')) {
      return path;
    }
  }
  return unified;
}
