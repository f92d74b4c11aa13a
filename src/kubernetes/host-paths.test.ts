import { describe, expect, test } from 'vitest';
import { hostPathKind, hostPathUses, isPublicHostPath, normaliseHostPath } from './host-paths.ts';
import { KubernetesObject } from './object.ts';
import { Workload } from './workload.ts';

describe('normaliseHostPath', () => {
  test.each([
    ['//var//log/', '/var/log'],
    ['/etc/../etc/./kubernetes', '/etc/kubernetes'],
    ['/..', '/'],
    ['/var/run/docker.sock', '/run/docker.sock'],
    ['/var/runner', '/var/runner'],
    ['/var/lib/../run/docker.sock', '/run/docker.sock'],
    ['/proc/1/root', '/'],
    ['/proc/1/root/etc', '/etc'],
    ['/proc/10/root', '/proc/10/root'],
    ['C:\\var\\lib\\kubelet', '/var/lib/kubelet'],
    ['c:/', '/'],
    ['\\\\.\\pipe\\docker_engine', '//./pipe/docker_engine'],
    ['\\\\.\\pipe\\csi-proxy-disk-v1', '//./pipe/csi-proxy-disk-v1'],
  ])('%s is %s', (path, expected) => {
    expect(normaliseHostPath(path)).toBe(expected);
  });
});

describe('hostPathKind', () => {
  test.each([
    ['/', 'root'],
    ['/run', 'runtime-socket'],
    ['/run/containerd', 'runtime-socket'],
    ['/run/docker.sock', 'runtime-socket'],
    ['/var/snap/microk8s/common/run/containerd.sock', 'runtime-socket'],
    ['/run/user/1000/podman/podman.sock', 'runtime-socket'],
    ['//./pipe/containerd-containerd', 'runtime-socket'],
    // Beside the socket, not above it.
    ['/run/containerd/io.containerd.runtime.v2.task', 'system'],
    ['/run/containerd-cache', 'other'],
    ['/run/xtables.lock', 'other'],
    ['/etc', 'control-plane'],
    ['/etc/kubernetes/pki', 'control-plane'],
    ['/etc/kubernetes-dashboard', 'system'],
    ['/etc/ssl', 'system'],
    ['/var/lib/rancher/k3s/server/tls', 'control-plane'],
    ['/var/lib/rancher', 'system'],
    ['/var/lib/kube-proxy/kubeconfig', 'control-plane'],
    ['//./pipe/csi-proxy-disk-v1', 'other'],
    ['/var', 'kubelet'],
    ['/var/lib', 'kubelet'],
    ['/var/lib/kubelet/pods', 'kubelet'],
    ['/var/lib/etcd', 'etcd'],
    ['/var/lib/etcd-backup', 'other'],
    ['/var/log/pods', 'logs'],
    ['/var/logs', 'other'],
    ['/dev/fuse', 'devices'],
    ['/devices', 'other'],
    ['/sys/fs/cgroup', 'kernel'],
    ['/opt', 'system'],
    ['/opt/data', 'other'],
    ['/var/lib/docker/containers', 'system'],
    ['/srv', 'other'],
    ['/data', 'other'],
  ])('%s is %s', (path, expected) => {
    expect(hostPathKind(path)).toBe(expected);
  });

  test('what everybody may read is public, its neighbours are not', () => {
    expect(isPublicHostPath('/etc/ssl/certs/ca.pem')).toBe(true);
    expect(isPublicHostPath('/etc/ssl/private')).toBe(false);
    expect(isPublicHostPath('/etc/ssl')).toBe(false);
  });
});

function judged(volumes: object[], containers: object[]) {
  const raw = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { volumes, containers } as never,
  };
  const origin = {
    file: { path: 'x' },
    document: 0,
    start: 0,
    end: 0,
    line: 1,
    column: 1,
    format: 'yaml' as const,
    within: '',
  };
  return hostPathUses(Workload.of(new KubernetesObject(raw, origin))[0]!);
}

function uses(volumes: object[], containers: object[]) {
  return judged(volumes, containers).map(({ path, kind, access, containers }) => ({
    path,
    kind,
    access,
    containers,
  }));
}

describe('hostPathUses', () => {
  const root = { name: 'v', hostPath: { path: '/' } };

  test('is writable where one container may write, and names that one', () => {
    expect(
      uses(
        [root],
        [
          { name: 'a', volumeMounts: [{ name: 'v', mountPath: '/a', readOnly: true }] },
          { name: 'b', volumeMounts: [{ name: 'v', mountPath: '/b' }] },
        ],
      ),
    ).toEqual([{ path: '/', kind: 'root', access: 'writable', containers: ['b'] }]);
  });

  test('a subPath narrows what is reached, and the worst mount counts', () => {
    const log = { name: 'v', mountPath: '/log', subPath: 'var/log', readOnly: true };
    expect(uses([root], [{ name: 'a', volumeMounts: [log] }])).toEqual([
      { path: '/var/log', kind: 'logs', access: 'read-only', containers: ['a'] },
    ]);
    const data = { name: 'v', mountPath: '/data', subPath: 'data' };
    expect(uses([root], [{ name: 'a', volumeMounts: [data, log] }])).toEqual([
      { path: '/var/log', kind: 'logs', access: 'read-only', containers: ['a'] },
    ]);
    const expression = { name: 'v', mountPath: '/x', subPathExpr: '$(POD_NAME)' };
    expect(uses([root], [{ name: 'a', volumeMounts: [expression] }])[0]?.kind).toBe('root');
  });

  test('tells whether root is among those who mount it', () => {
    const mount = { volumeMounts: [{ name: 'v', mountPath: '/a', readOnly: true }] };
    const asRoot = (securityContext: object) =>
      judged([root], [{ name: 'a', ...mount, securityContext }])[0]?.asRoot;
    expect(asRoot({})).toBe(true);
    expect(asRoot({ runAsNonRoot: true })).toBe(false);
    expect(asRoot({ runAsUser: 1000 })).toBe(false);
    expect(asRoot({ runAsUser: 0, runAsNonRoot: true })).toBe(true);
  });

  test('shows the path as it is written', () => {
    const volume = { name: 'v', hostPath: { path: '//var/run/' } };
    expect(judged([volume], [{ name: 'a' }])[0]?.written).toBe('//var/run/');
    const mount = { name: 'v', mountPath: '/a', subPath: 'docker.sock' };
    expect(judged([volume], [{ name: 'a', volumeMounts: [mount] }])[0]?.written).toBe(
      '//var/run/docker.sock',
    );
  });

  test('a volume that nobody mounts is unmounted; wrong types are left alone', () => {
    expect(uses([root], [{ name: 'a' }])[0]?.access).toBe('unmounted');
    expect(
      uses(
        [
          { name: 'v', hostPath: { path: 7 } },
          { name: 'w', hostPath: 'x' },
        ],
        [],
      ),
    ).toEqual([]);
  });
});
