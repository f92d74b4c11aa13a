import type { Json, JsonObject } from '../src/kubernetes/json.ts';

/** A source of choices that repeats itself for the same seed (mulberry32). */
export class Choices {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  of<T>(items: readonly T[]): T {
    return items[Math.floor(this.next() * items.length)] as T;
  }

  list<T>(longest: number, make: () => T): T[] {
    return Array.from({ length: Math.floor(this.next() * (longest + 1)) }, make);
  }

  /** An object of the fields that the coin chooses. */
  fields(probability: number, makers: Record<string, () => Json>): JsonObject {
    const object: JsonObject = {};
    for (const [field, make] of Object.entries(makers)) if (this.chance(probability)) object[field] = make();
    return object;
  }
}

const NAMES = [
  'a',
  'b',
  'c',
  'a',
  'web',
  '',
  'with "quotes"',
  'back\\slash',
  'ünï',
  '\ud83d\ude00',
  '\uff5e',
  null,
];
const HOSTS = [
  '',
  '',
  null,
  '127.0.0.1',
  'localhost',
  'example.test',
  '::1',
  '\ud83d\ude00',
  '\uff5e',
  '\ue000',
];
const TRISTATE = [true, false, null];
const CAPABILITIES = [
  'ALL',
  'NET_BIND_SERVICE',
  'CHOWN',
  'AUDIT_WRITE',
  'MKNOD',
  'SYS_CHROOT',
  'NET_RAW',
  'SYS_ADMIN',
  'CAP_CHOWN',
  'all',
  '',
  null,
];
const PROFILES = ['RuntimeDefault', 'Localhost', 'Unconfined', 'runtime/default', '', 'Other', null];
const SELINUX_TYPES = [
  '',
  null,
  'container_t',
  'container_init_t',
  'container_kvm_t',
  'container_engine_t',
  'spc_t',
  'unconfined_t',
];
const SYSCTLS = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_wmem',
  'net.ipv4.tcp_slow_start_after_idle',
  'net.ipv4.tcp_notsent_lowat',
  'kernel.msgmax',
  'net/ipv4/tcp_rmem',
  '',
  null,
];
const VOLUME_SOURCES = [
  ['hostPath', 'configMap', 'secret', 'emptyDir', 'projected', 'downwardAPI', 'csi', 'ephemeral', 'image'],
  [
    'persistentVolumeClaim',
    'gcePersistentDisk',
    'awsElasticBlockStore',
    'gitRepo',
    'nfs',
    'iscsi',
    'glusterfs',
  ],
  [
    'rbd',
    'flexVolume',
    'cinder',
    'cephfs',
    'flocker',
    'fc',
    'azureFile',
    'vsphereVolume',
    'quobyte',
    'azureDisk',
  ],
  ['photonPersistentDisk', 'portworxVolume', 'scaleIO', 'storageos', 'notASource'],
].flat();
const ANNOTATION_VALUES = [
  'runtime/default',
  'docker/default',
  'localhost/profile',
  'localhost/',
  'localhost',
  'unconfined',
  '',
  null,
  'quo"ted \\ \t\n\r\u0007\b\f\v\u0000\u001f\u007f',
  'é\u00a0\u00ad\u200b\u2028\ud83d\ude00\ufffd\ue000\u0085\u{10ffff}',
];
const ANNOTATION_KEYS = [
  'seccomp.security.alpha.kubernetes.io/pod',
  ...['a', 'b', 'web', '', 'other'].map((name) => `container.seccomp.security.alpha.kubernetes.io/${name}`),
  ...['a', 'b', 'web', '', 'other'].map((name) => `container.apparmor.security.beta.kubernetes.io/${name}`),
  'example.test/other',
];

/** A pod that sets, leaves out, empties or nulls every field that any Pod Security check reads. */
export function randomPod(choices: Choices): { metadata: JsonObject; spec: JsonObject } {
  // The density of settings varies from pod to pod, so that both nearly empty and full ones occur.
  const density = choices.of([0.05, 0.2, 0.5, 0.9]);
  const tame = choices.chance(0.3);
  const pick = <T>(items: readonly T[], good: readonly T[]): T =>
    choices.of(tame && choices.chance(0.95) ? good : items);
  const fields = (makers: Record<string, () => Json>): JsonObject => choices.fields(density, makers);

  const profile = (): Json =>
    choices.chance(0.1) ? null : fields({ type: () => pick(PROFILES, ['Localhost']) });
  const shared = {
    appArmorProfile: profile,
    seccompProfile: profile,
    runAsNonRoot: () => pick<Json>(TRISTATE, [true]),
    runAsUser: () => pick<Json>([0, 1, 1000, -1, null], [1000]),
    seLinuxOptions: () =>
      fields({
        type: () => pick(SELINUX_TYPES, ['container_t']),
        user: () => pick(['', null, 'system_u'], ['']),
        role: () => pick(['', null, 'system_r'], ['']),
        level: () => 's0:c1',
      }),
    windowsOptions: () => fields({ hostProcess: () => pick<Json>(TRISTATE, [false]) }),
  };
  const containerContext = (): Json =>
    choices.chance(0.05)
      ? null
      : fields({
          ...shared,
          allowPrivilegeEscalation: () => pick<Json>(TRISTATE, [false]),
          privileged: () => pick<Json>(TRISTATE, [false]),
          procMount: () => pick(['Default', 'Unmasked', 'default', '', null], ['Default']),
          capabilities: () =>
            choices.chance(0.1)
              ? null
              : fields({
                  add: () => choices.list(3, () => pick(CAPABILITIES, ['NET_BIND_SERVICE'])),
                  drop: () => choices.list(3, () => pick(CAPABILITIES, ['ALL'])),
                }),
        });
  const action = (): Json =>
    choices.chance(0.1) ? null : { port: 80, ...fields({ host: () => pick(HOSTS, ['']) }) };
  const handler = (): Json =>
    choices.chance(0.1) ? null : fields({ httpGet: action, tcpSocket: action, exec: () => ({}) });
  const port = (): Json =>
    choices.chance(0.1)
      ? null
      : fields({
          containerPort: () => choices.of([0, 80, 8080, 443]),
          hostPort: () => pick<Json>([0, 80, 9, 10, 443, 65536, -1, null], [0]),
        });
  const container = (): Json =>
    choices.chance(0.03)
      ? null
      : {
          ...(choices.chance(0.95) ? { name: choices.of(NAMES) } : {}),
          ...fields({
            securityContext: containerContext,
            ports: () => choices.list(3, port),
            livenessProbe: handler,
            readinessProbe: handler,
            startupProbe: handler,
            lifecycle: () => (choices.chance(0.1) ? null : fields({ postStart: handler, preStop: handler })),
          }),
        };
  const volume = (): Json => {
    if (choices.chance(0.05)) return null;
    const result: JsonObject = { name: choices.of(NAMES) };
    for (const source of choices.list(2, () => pick(VOLUME_SOURCES, ['secret', 'emptyDir']))) {
      result[source] = choices.chance(0.15) ? null : {};
    }
    return result;
  };

  const metadata: JsonObject = { name: 'pod' };
  if (choices.chance(density)) {
    const annotations: JsonObject = {};
    for (const key of choices.list(5, () => choices.of(ANNOTATION_KEYS))) {
      annotations[key] = pick(ANNOTATION_VALUES, ['runtime/default']);
    }
    metadata['annotations'] = choices.chance(0.05) ? null : annotations;
  }
  const spec = fields({
    hostNetwork: () => pick<Json>(TRISTATE, [false]),
    hostPID: () => pick<Json>(TRISTATE, [false]),
    hostIPC: () => pick<Json>(TRISTATE, [false]),
    hostUsers: () => choices.of(TRISTATE),
    os: () =>
      choices.chance(0.1)
        ? null
        : fields({ name: () => choices.of(['windows', 'linux', 'Windows', '', null]) }),
    volumes: () => choices.list(4, volume),
    initContainers: () => choices.list(2, container),
    ephemeralContainers: () => choices.list(2, container),
    securityContext: () =>
      choices.chance(0.05)
        ? null
        : fields({
            ...shared,
            sysctls: () =>
              choices.list(4, () =>
                choices.chance(0.05) ? null : fields({ name: () => pick(SYSCTLS, SYSCTLS.slice(0, 5)) }),
              ),
          }),
  });
  spec['containers'] = choices.chance(0.02) ? null : choices.list(3, container);
  return { metadata, spec };
}
