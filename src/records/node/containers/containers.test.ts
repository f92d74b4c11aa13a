import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { parseContainerLink, parsePodLogPath } from '../cri/log-path.ts';
import { cgroupPath, placeOf } from './cgroup.ts';
import { SeenPods } from './directory.ts';
import { addLogFolders } from './log-folders.ts';
import { LiveProcesses } from './processes.ts';

const ID = '0123456789abcdef'.repeat(4);
const UID = '7e5f0d4c-3f3b-4c57-9b6e-2b6a0c1f4d11';
const SLICE = UID.replaceAll('-', '_');

describe('cgroups of pods', () => {
  test.each([
    [
      `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${SLICE}.slice/cri-containerd-${ID}.scope`,
      'burstable',
      ID,
    ],
    [
      `/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod${SLICE}.slice/crio-${ID}.scope`,
      'besteffort',
      ID,
    ],
    [`/kubepods.slice/kubepods-pod${SLICE}.slice/docker-${ID}.scope`, 'guaranteed', ID],
    [
      `/system.slice/containerd.service/kubepods-burstable-pod${SLICE}.slice:cri-containerd:${ID}`,
      'burstable',
      ID,
    ],
    [
      `/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-burstable.slice/kubelet-kubepods-burstable-pod${SLICE}.slice/cri-containerd-${ID}.scope`,
      'burstable',
      ID,
    ],
    [`/kubepods/burstable/pod${UID}/${ID}`, 'burstable', ID],
    [`/kubepods/pod${UID}/crio-${ID}`, 'guaranteed', ID],
    [`/kubepods/besteffort/pod${UID}`, 'besteffort', ''],
    [`/docker/${'f'.repeat(64)}/kubelet/kubepods/besteffort/pod${UID}/${ID}`, 'besteffort', ID],
    [
      `/kubepods.slice/kubepods-pod${SLICE}.slice/cri-containerd-${ID}.scope/init.scope/inner`,
      'guaranteed',
      ID,
    ],
  ])('%s', (path, qos, containerId) => {
    expect(placeOf(path)).toEqual({ podUid: UID, containerId, qos });
  });

  test('a static pod is called by the hash of its manifest', () => {
    const hash = 'd41d8cd98f00b204e9800998ecf8427e';
    expect(placeOf(`/kubepods/burstable/pod${hash}/${ID}`)?.podUid).toBe(hash);
  });

  test.each([
    '/system.slice/ssh.service',
    `/docker/${ID}`,
    '/',
    '',
    '/user.slice/podhouse/x',
    '/kubepods/podx',
  ])('%s is none of a pod', (path) => expect(placeOf(path)).toBeUndefined());

  test('of /proc/PID/cgroup of version 1, 2 and both', () => {
    expect(cgroupPath('0::/kubepods.slice\n')).toBe('/kubepods.slice');
    expect(
      cgroupPath('12:pids:/kubepods/a\n3:cpu,cpuacct:/kubepods/a\n1:name=systemd:/x\n0::/init.scope\n'),
    ).toBe('/kubepods/a');
    expect(cgroupPath('0::/a:b:c')).toBe('/a:b:c');
    expect(cgroupPath('')).toBeUndefined();
  });
});

describe('names of log files', () => {
  test('of pods, rotated ones too', () => {
    const place = {
      namespace: 'kube-system',
      pod: 'coredns-5d.x',
      podUid: UID,
      container: 'coredns',
      restart: '3',
    };
    const path = `/var/log/pods/kube-system_coredns-5d.x_${UID}/coredns/3.log`;
    for (const suffix of ['', '.20231120-120000', '.20231120-120000.gz'])
      expect(parsePodLogPath(path + suffix)).toEqual(place);
    expect(parsePodLogPath('/var/log/pods/a_b/c/0.log')).toBeUndefined();
    expect(parsePodLogPath('/var/log/syslog')).toBeUndefined();
  });

  test('of links to them', () => {
    expect(parseContainerLink(`web-1_shop_app-x-${ID}.log`)).toEqual({
      namespace: 'shop',
      pod: 'web-1',
      container: 'app-x',
      containerId: ID,
    });
    expect(parseContainerLink('x.log')).toBeUndefined();
  });
});

let folder = '';
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('folders of logs name pods and containers', () => {
  folder = mkdtempSync(join(tmpdir(), 'logs-'));
  mkdirSync(join(folder, 'pods', `shop_web-1_${UID}`, 'app'), { recursive: true });
  mkdirSync(join(folder, 'containers'));
  symlinkSync(
    `/var/log/pods/shop_web-1_${UID}/app/0.log`,
    join(folder, 'containers', `web-1_shop_app-${ID}.log`),
  );
  const pods = new SeenPods();
  addLogFolders(pods, folder);
  addLogFolders(pods, join(folder, 'absent'));
  expect(pods.container(ID)).toMatchObject({
    namespace: 'shop',
    pod: 'web-1',
    podUid: UID,
    container: 'app',
  });
  expect(pods.pod(UID)).toMatchObject({ namespace: 'shop', pod: 'web-1', container: '' });
});

test('pods name their containers, the ones that ended too, and static pods their hash', () => {
  const pods = new SeenPods();
  pods.addPod({
    metadata: { namespace: 'n', name: 'p', uid: UID, annotations: { 'kubernetes.io/config.hash': 'abc' } },
    status: {
      containerStatuses: [
        {
          name: 'c',
          containerID: `containerd://${ID}`,
          lastState: { terminated: { containerID: 'containerd://old' } },
        },
      ],
      ephemeralContainerStatuses: [{ name: 'debug', state: { terminated: { containerID: 'cri-o://gone' } } }],
    },
  });
  expect([ID, 'old', 'gone', 'none'].map((id) => pods.container(id)?.container)).toEqual([
    'c',
    'c',
    'debug',
    undefined,
  ]);
  expect(pods.pod('abc')?.pod).toBe('p');
});

describe('processes of a node', () => {
  const now = () => Date.now() * 1000;

  function proc(pid: number, cgroup: string, secondsAgo: number): void {
    mkdirSync(join(folder, String(pid)), { recursive: true });
    // The machine has been up for 1,000 s.
    const ticks = Math.round((1000 - secondsAgo) * 100);
    const fields = ['S', ...Array(18).fill('0'), String(ticks)];
    writeFileSync(join(folder, String(pid), 'stat'), `${pid} (a) b) ${fields.join(' ')} 0 0`);
    writeFileSync(join(folder, String(pid), 'cgroup'), `0::${cgroup}\n`);
    writeFileSync(join(folder, 'uptime'), '1000.00 1.00\n');
  }

  const POD = `/kubepods/burstable/pod${UID}/${ID}`;

  test('one that runs, one whose number another has now, and short ones by their parents', () => {
    folder = mkdtempSync(join(tmpdir(), 'proc-'));
    proc(10, POD, 60);
    proc(11, '/system.slice/x', 60);
    const processes = new LiveProcesses(folder);
    expect(processes.cgroupOf(10, 1, now())).toBe(POD);
    // It started after what was seen, so it did not do it.
    expect(processes.cgroupOf(11, 1, now() - 120_000_000)).toBeUndefined();
    // Gone, its parent still runs; then their child, of which both are gone.
    expect(processes.cgroupOf(20, 10, now())).toBe(POD);
    rmSync(join(folder, '10'), { recursive: true });
    expect(processes.cgroupOf(21, 20, now())).toBe(POD);
    expect(processes.cgroupOf(10, 1, now())).toBe(POD);
    expect(processes.cgroupOf(10, 99, now())).toBeUndefined();
    // What a process of the node started may be in a container by now, and is not guessed.
    expect(processes.cgroupOf(30, 11, now())).toBeUndefined();
    // Long after, the number may be another's.
    expect(processes.cgroupOf(40, 21, now() + 3_600_000_000)).toBeUndefined();
    expect(processes.cgroupOf(0, 0, now())).toBeUndefined();
    expect(processes.cgroupOf(Number.NaN, -1, now())).toBeUndefined();
  });
});
