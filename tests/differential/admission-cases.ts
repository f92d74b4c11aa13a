import type { Json, JsonObject } from '../../src/kubernetes/json.ts';

/** Numbers from a seed (mulberry32): the same case again for the same seed. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export interface CelCase {
  readonly seed: number;
  readonly expressions: readonly string[];
  readonly variables: readonly { readonly name: string; readonly expression: string }[];
  readonly object: JsonObject;
  readonly oldObject: JsonObject | null;
  readonly params: JsonObject | null;
  readonly namespace: JsonObject | null;
  readonly operation: string;
}

class Maker {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = random(seed);
  }

  chance(probability: number): boolean {
    return this.#next() < probability;
  }

  int(below: number): number {
    return Math.floor(this.#next() * below);
  }

  pick<T>(items: readonly T[]): T {
    return items[this.int(items.length)]!;
  }

  list<T>(most: number, make: () => T): T[] {
    return Array.from({ length: this.int(most + 1) }, make);
  }

  maybe<T>(probability: number, make: () => T): T | undefined {
    return this.chance(probability) ? make() : undefined;
  }
}

const NAMES = ['app', 'web', 'db', 'a.b/c', 'x-1', 'Ünïcode', 'team', ''];
const TEXTS = [
  '',
  'a',
  'nginx:1.25',
  'registry.example/app@sha256:0',
  '10.0.0.1',
  '1.2.3',
  'true',
  '42',
  'ab,cd',
  'Straße 😀',
  '500m',
];
const QUANTITIES = ['100m', '1', '1000m', '1Gi', '1024Mi', '0.5', '1.5Gi', '1e3', '0', '2G'];

function labels(m: Maker): JsonObject {
  return Object.fromEntries(m.list(3, () => [m.pick(NAMES.slice(0, 5)), m.pick(TEXTS)]));
}

function container(m: Maker): JsonObject {
  const resources = m.maybe(0.6, () => ({
    limits: m.maybe(0.6, () => ({ cpu: m.pick(QUANTITIES), memory: m.pick(QUANTITIES) })),
    requests: m.maybe(0.4, () => ({ cpu: m.pick(QUANTITIES) })),
  }));
  return clean({
    name: m.pick(['main', 'side', 'init']),
    image: m.pick(TEXTS.slice(1, 4)),
    ports: m.maybe(0.4, () => m.list(2, () => ({ containerPort: m.int(70000), protocol: 'TCP' }))),
    env: m.maybe(0.4, () => m.list(2, () => clean({ name: 'E', value: m.maybe(0.5, () => m.pick(TEXTS)) }))),
    securityContext: m.maybe(0.6, () =>
      clean({
        privileged: m.maybe(0.5, () => m.chance(0.5)),
        runAsUser: m.maybe(0.5, () => m.int(2000)),
        capabilities: m.maybe(0.4, () => ({
          add: m.list(2, () => m.pick(['NET_ADMIN', 'ALL'])),
          drop: ['ALL'],
        })),
      }),
    ),
    livenessProbe: m.maybe(0.2, () => ({
      httpGet: { path: '/', port: m.pick<Json>([80, 'http']) },
      periodSeconds: m.int(3),
    })),
    resources,
  });
}

function podSpec(m: Maker): JsonObject {
  return clean({
    containers: [container(m), ...m.list(2, () => container(m))],
    initContainers: m.maybe(0.3, () => m.list(2, () => container(m))),
    hostNetwork: m.maybe(0.4, () => m.chance(0.5)),
    hostPID: m.maybe(0.2, () => m.chance(0.5)),
    serviceAccountName: m.maybe(0.3, () => m.pick(TEXTS)),
    automountServiceAccountToken: m.maybe(0.3, () => m.chance(0.5)),
    terminationGracePeriodSeconds: m.maybe(0.3, () => m.int(60)),
    nodeSelector: m.maybe(0.3, () => labels(m)),
    securityContext: m.maybe(0.4, () =>
      clean({ runAsNonRoot: m.maybe(0.6, () => m.chance(0.5)), fsGroup: m.maybe(0.4, () => m.int(3)) }),
    ),
    volumes: m.maybe(0.4, () =>
      m.list(2, () => ({
        name: 'v',
        ...m.pick<JsonObject>([{ emptyDir: {} }, { hostPath: { path: '/x' } }]),
      })),
    ),
    priority: m.maybe(0.2, () => m.int(3) - 1),
  });
}

function metadata(m: Maker): JsonObject {
  return clean({
    name: m.pick(['a', 'web-1', 'x']),
    namespace: 'default',
    labels: m.maybe(0.7, () => labels(m)),
    annotations: m.maybe(0.5, () => labels(m)),
    creationTimestamp: m.maybe(0.2, () =>
      m.pick<Json>([null, '2024-02-29T12:34:56Z', '2024-02-29T12:34:56+02:00']),
    ),
    generation: m.maybe(0.2, () => m.int(5)),
    finalizers: m.maybe(0.2, () => m.list(2, () => 'k8s.io/x')),
    ownerReferences: m.maybe(0.1, () => [
      { apiVersion: 'v1', kind: 'Node', name: 'n', uid: 'u', controller: true },
    ]),
  });
}

function clean(value: Record<string, Json | undefined>): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as JsonObject;
}

/** An object of a built-in kind, or of a custom one, whose values have no Go types. */
export function randomObject(seed: number, custom: boolean): JsonObject {
  const m = new Maker(seed);
  if (custom)
    return {
      apiVersion: 'example.com/v1',
      kind: 'Thing',
      metadata: metadata(m),
      spec: {
        ...podSpec(m),
        number: m.pick<Json>([0, 1, -5, 2.5, 1e10, 9007199254740991]),
        nothing: null,
        flags: m.list(3, () => m.chance(0.5)),
        mixed: [1, 'a', null, true, [2], { k: 'v' }],
      },
      status: { ready: m.chance(0.5), when: '2024-01-01T00:00:00Z' },
    };
  const meta = metadata(m);
  switch (m.int(4)) {
    case 0:
      return {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: meta,
        spec: clean({
          replicas: m.maybe(0.6, () => m.int(5)),
          selector: { matchLabels: labels(m) },
          paused: m.maybe(0.3, () => m.chance(0.5)),
          template: { metadata: clean({ labels: m.maybe(0.6, () => labels(m)) }), spec: podSpec(m) },
        }),
      };
    case 1:
      return clean({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: meta,
        data: m.maybe(0.7, () => labels(m)),
        immutable: m.maybe(0.3, () => m.chance(0.5)),
        binaryData: m.maybe(0.2, () => ({ k: 'AAEC' })),
      });
    case 2:
      return {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: meta,
        spec: clean({
          type: m.maybe(0.5, () => m.pick(['ClusterIP', 'NodePort', 'LoadBalancer'])),
          ports: m.list(2, () =>
            clean({
              port: m.int(9000),
              targetPort: m.maybe(0.6, () => m.pick<Json>([80, 'http', 0])),
              name: m.maybe(0.5, () => 'p'),
            }),
          ),
          externalIPs: m.maybe(0.2, () => ['1.2.3.4']),
        }),
      };
    default:
      return { apiVersion: 'v1', kind: 'Pod', metadata: meta, spec: podSpec(m) };
  }
}

/** Expressions by grammar: most are of the type asked for, some are of another, so that errors come up as well. */
class Grammar {
  readonly #m: Maker;
  readonly #paths: readonly string[];
  readonly #scope: { readonly name: string; readonly type: string }[] = [];
  #names = 0;

  constructor(m: Maker, object: JsonObject, variables: readonly string[] = []) {
    this.#m = m;
    this.#paths = [...pathsOf(object, 'object'), ...variables];
  }

  dyn(depth: number): string {
    const m = this.#m;
    const local = this.#scope.filter(({ type }) => type === 'dyn');
    const all = [
      ...this.#paths,
      'object.metadata.labels',
      'object.spec',
      'oldObject.spec',
      'params.data',
      'object.missing',
      'object.spec.containers[0]',
      'oldObject',
      'params',
      'object',
    ];
    if (local.length > 0 && m.chance(0.6)) {
      const name = m.pick(local).name;
      return m.chance(0.5)
        ? name
        : `${name}.${m.pick(['name', 'image', 'resources', 'value', 'securityContext', 'ports'])}`;
    }
    if (depth > 0 && m.chance(0.15)) return `dyn(${this.any(depth - 1)})`;
    if (depth > 0 && m.chance(0.1))
      return `(${this.bool(depth - 1)} ? ${this.dyn(depth - 1)} : ${this.dyn(depth - 1)})`;
    if (m.chance(0.08))
      return `${m.pick(this.#paths)}[${m.pick(['0', "'name'", '1u', '0.0', '1.5', 'true', "'app'", 'size(object.metadata.name)', 'object.kind'])}]`;
    if (m.chance(0.05))
      return m.pick([
        'namespaceObject.metadata.labels',
        'request.kind',
        'request.operation',
        'namespaceObject.metadata.name',
        'request.namespace',
        'namespaceObject.status.phase',
        'request.dryRun',
        'namespaceObject.spec.finalizers',
      ]);
    return m.pick(all);
  }

  any(depth: number): string {
    const m = this.#m;
    const makers = [
      () => this.bool(depth),
      () => this.int(depth),
      () => this.text(depth),
      () => this.double(depth),
      () => this.list(depth),
      () => this.dyn(depth),
      () => this.map(depth),
      () => this.special(depth),
      () => 'null',
    ];
    return m.pick(makers)();
  }

  #local(type: string): string | undefined {
    const found = this.#scope.filter((variable) => variable.type === type);
    return found.length > 0 && this.#m.chance(0.5) ? this.#m.pick(found).name : undefined;
  }

  bool(depth: number): string {
    const m = this.#m;
    const local = this.#local('bool');
    if (local !== undefined) return local;
    if (depth <= 0)
      return m.pick(['true', 'false', `has(${this.path()})`, `${this.path()} == ${this.literal()}`]);
    const d = depth - 1;
    const op = () => m.pick(['==', '!=', '<', '<=', '>', '>=']);
    const makers = [
      () => `(${this.bool(d)} && ${this.bool(d)})`,
      () => `(${this.bool(d)} || ${this.bool(d)})`,
      () => `!(${this.bool(d)})`,
      () => `(${this.int(d)} ${op()} ${this.int(d)})`,
      () => `(${this.dyn(d)} ${op()} ${this.dyn(d)})`,
      () => `(${this.dyn(d)} ${m.pick(['==', '!='])} ${this.any(d)})`,
      () => `(${this.text(d)} ${op()} ${this.text(d)})`,
      () => `(${this.double(d)} ${op()} ${m.pick([() => this.double(d), () => this.int(d)])()})`,
      () => `${this.text(d)}.${m.pick(['startsWith', 'endsWith', 'contains'])}(${this.text(d)})`,
      () =>
        `${this.dyn(d)}.${m.pick(['startsWith', 'endsWith', 'contains', 'matches'])}(${m.pick(["'a'", "'^[a-z]+$'"])})`,
      () => `${this.text(d)}.matches(${this.pattern()})`,
      () => `(${this.any(d)} in ${m.pick([() => this.list(d), () => this.dyn(d)])()})`,
      () => `(${this.text(d)} in ${this.texts(d)})`,
      () => `has(${this.path()})`,
      () => this.#quantifier(d, m.pick(['all', 'exists', 'exists_one', 'existsOne'])),
      () => `${this.optional(d)}.hasValue()`,
      () => `${this.quantity(d)}.${m.pick(['isGreaterThan', 'isLessThan'])}(${this.quantity(d)})`,
      () => `isQuantity(${this.text(d)})`,
      () => `${m.pick(['isIP', 'isCIDR', 'isURL', 'isSemver', 'ip.isCanonical'])}(${this.text(d)})`,
      () =>
        `cidr(${m.pick(["'10.0.0.0/8'", "'fd00::/8'", "'10.0.0.0/33'"])}).${m.pick(['containsIP', 'containsCIDR'])}(${m.pick(["'10.1.2.3'", "'10.1.0.0/16'", "ip('10.0.0.1')", "cidr('10.1.0.0/16')", this.text(d)])})`,
      () => `sets.${m.pick(['contains', 'equivalent', 'intersects'])}(${this.texts(d)}, ${this.texts(d)})`,
      () => `${this.texts(d)}.isSorted()`,
      () => `(${this.quantity(d)} == ${this.quantity(d)})`,
      () =>
        `ip(${m.pick(["'10.0.0.1'", "'::1'", "'fe80::1'", "'127.0.0.1'", "'224.0.0.1'"])}).${m.pick(['isLoopback', 'isUnspecified', 'isGlobalUnicast', 'isLinkLocalUnicast', 'isLinkLocalMulticast'])}()`,
      () => `semver(${this.version()}).${m.pick(['isGreaterThan', 'isLessThan'])}(semver(${this.version()}))`,
      () => `(${this.bool(d)} ? ${this.bool(d)} : ${this.bool(d)})`,
      () =>
        `format.${m.pick(['dns1123Label', 'dns1035Label', 'qualifiedName', 'uuid', 'date', 'datetime', 'byte', 'uri', 'labelValue', 'dns1123SubdomainPrefix'])}().validate(${this.text(d)}).hasValue()`,
      () =>
        `(type(${this.any(d)}) == ${m.pick(['int', 'string', 'list', 'map', 'bool', 'double', 'null_type', 'type', `type(${this.any(d)})`])})`,
    ];
    return m.pick(makers)();
  }

  #quantifier(depth: number, name: string): string {
    const [range, type] = this.#range(depth);
    const variable = this.#enter(type);
    const two = this.#m.chance(0.15);
    const second = two ? this.#enter('dyn') : '';
    const body = this.bool(depth);
    this.#leave(two ? 2 : 1);
    return `${range}.${name}(${variable}, ${two ? `${second}, ` : ''}${body})`;
  }

  #range(depth: number): [string, string] {
    const m = this.#m;
    if (m.chance(0.5))
      return [
        m.pick([
          'object.spec.containers',
          'object.spec.template.spec.containers',
          'object.metadata.labels',
          'object.metadata.finalizers',
          this.dyn(depth),
        ]),
        'dyn',
      ];
    return m.chance(0.5) ? [this.texts(depth), 'string'] : [this.ints(depth), 'int'];
  }

  #enter(type: string): string {
    const name = `v${this.#names++}`;
    this.#scope.push({ name, type });
    return name;
  }

  #leave(count: number): void {
    this.#scope.length -= count;
  }

  path(): string {
    const withField = this.#paths.filter((path) => /\.[A-Za-z]+$/.test(path));
    const m = this.#m;
    return m.chance(0.6) && withField.length > 0
      ? m.pick(withField)
      : m.pick([
          'object.spec.hostNetwork',
          'object.metadata.labels.app',
          'object.spec.missing',
          'oldObject.spec',
          'params.data.x',
          'object.spec.containers[0].securityContext.privileged',
          'object.status',
          'object.spec.containers[0].resources',
          'object.?spec.replicas',
          'object.a.b.c',
        ]);
  }

  literal(): string {
    return this.#m.pick(['1', '0', "'a'", "'app'", 'true', '2.5', 'null', "'1Gi'", '[]', '{}', '3u', "b'x'"]);
  }

  int(depth: number): string {
    const m = this.#m;
    const local = this.#local('int');
    if (local !== undefined) return local;
    if (depth <= 0)
      return m.pick([
        '0',
        '1',
        '-1',
        '42',
        '9223372036854775807',
        '-9223372036854775808',
        '0x1F',
        'object.spec.replicas',
        '7',
      ]);
    const d = depth - 1;
    const makers = [
      () => `(${this.int(d)} ${m.pick(['+', '-', '*', '/', '%'])} ${this.int(d)})`,
      () =>
        `size(${m.pick([() => this.text(d), () => this.list(d), () => this.dyn(d), () => this.map(d)])()})`,
      () => `${this.text(d)}.size()`,
      () =>
        `int(${m.pick([() => this.text(d), () => this.double(d), () => this.dyn(d), () => this.int(d)])()})`,
      () =>
        `${this.text(d)}.${m.pick(['indexOf', 'lastIndexOf'])}(${this.text(d)}${m.chance(0.3) ? `, ${this.int(d)}` : ''})`,
      () => `${this.ints(d)}.${m.pick(['sum', 'max', 'min'])}()`,
      () => `${this.texts(d)}.${m.pick(['indexOf', 'lastIndexOf'])}(${this.text(d)})`,
      () => `${this.quantity(d)}.${m.pick(['asInteger()', `compareTo(${this.quantity(d)})`])}`,
      () => `sign(${this.quantity(d)})`,
      () =>
        `timestamp(${m.pick(["'2024-02-29T12:34:56.789Z'", "'1999-12-31T23:59:59+02:00'", "'0001-01-01T00:00:00Z'"])}).${m.pick(['getFullYear', 'getMonth', 'getDate', 'getDayOfMonth', 'getDayOfWeek', 'getDayOfYear', 'getHours', 'getMinutes', 'getSeconds', 'getMilliseconds'])}(${m.pick(['', "'+02:00'", "'-08:30'", "'Europe/Berlin'", "'nowhere'"])})`,
      () =>
        `duration(${m.pick(["'1h2m3.5s'", "'-90m'", "'100ms'"])}).${m.pick(['getHours', 'getMinutes', 'getSeconds', 'getMilliseconds'])}()`,
      () =>
        `semver(${this.version()}).${m.pick(['major()', 'minor()', 'patch()', `compareTo(semver(${this.version()}))`])}`,
      () => `-(${this.int(d)})`,
      () => `${this.optional(d)}.orValue(${this.int(d)})`,
    ];
    return m.pick(makers)();
  }

  version(): string {
    return this.#m.pick([
      "'1.2.3'",
      "'1.2.3-alpha.1'",
      "'1.10.0+build'",
      "'v1.2'",
      "'1.2.03'",
      "''",
      "'v1.2', true",
      "'01.2', true",
      "'1.2.3-alpha.beta'",
    ]);
  }

  double(depth: number): string {
    const m = this.#m;
    if (depth <= 0) return m.pick(['0.0', '1.5', '-2.25', '1e300', '.5', '3.0', '1e-9']);
    const d = depth - 1;
    return m.pick([
      () => `(${this.double(d)} ${m.pick(['+', '-', '*', '/'])} ${this.double(d)})`,
      () => `double(${m.pick([() => this.int(d), () => this.text(d), () => this.dyn(d)])()})`,
      () => `${this.quantity(d)}.asApproximateFloat()`,
      () => `[${this.double(d)}, ${this.double(d)}].${m.pick(['sum', 'max', 'min'])}()`,
    ])();
  }

  quantity(depth: number): string {
    const m = this.#m;
    const one = `quantity('${m.pick([...QUANTITIES, '1.0', '-1', '1Ki', '1e-3', 'x', '1n', '0.0000000001', '9999999999999999999', '5E', '+5', '.5', '5.'])}')`;
    if (depth <= 0 || m.chance(0.6)) return one;
    if (m.chance(0.3))
      return `quantity(${m.pick(['object.spec.containers[0].resources.limits.cpu', "object.spec.containers[0].resources.limits['memory']"])})`;
    return `${one}.${m.pick(['add', 'sub'])}(${m.pick([this.quantity(depth - 1), this.int(0)])})`;
  }

  text(depth: number): string {
    const m = this.#m;
    const local = this.#local('string');
    if (local !== undefined) return local;
    if (depth <= 0)
      return m.pick([
        "''",
        "'a'",
        '"nginx:1.25"',
        "'ab,cd'",
        "r'\\d'",
        "'1.2.3'",
        "'10.0.0.1'",
        "'Straße 😀'",
        "'42'",
        "'true'",
        'object.metadata.name',
        'object.kind',
        "'\\n\\x41\\u00e9'",
        "'https://u:p@h.example:8080/a%20b?q=1&q=2#f'",
        "'2024-01-01'",
      ]);
    const d = depth - 1;
    const makers = [
      () => `(${this.text(d)} + ${this.text(d)})`,
      () =>
        `string(${m.pick([() => this.int(d), () => this.double(d), () => this.bool(d), () => this.dyn(d), () => "duration('90s')", () => "timestamp('2024-01-01T00:00:00.5Z')", () => "b'abc'", () => "ip('::1')", () => "cidr('10.0.0.0/8')"])()})`,
      () => `${this.text(d)}.${m.pick(['lowerAscii', 'upperAscii', 'trim'])}()`,
      () =>
        `${this.text(d)}.replace(${this.text(d)}, ${this.text(d)}${m.chance(0.3) ? `, ${m.pick(['0', '1', '-1', '2'])}` : ''})`,
      () =>
        `${this.text(d)}.substring(${m.pick(['0', '1', '2', '-1', '9'])}${m.chance(0.5) ? `, ${m.pick(['0', '1', '3', '9'])}` : ''})`,
      () => `${this.text(d)}.charAt(${m.pick(['0', '1', '7', '-1'])})`,
      () => `${this.texts(d)}.join(${m.pick(['', "','", this.text(d)])})`,
      () => `${this.text(d)}.find(${this.pattern()})`,
      () => `strings.quote(${this.text(d)})`,
      () =>
        `url(${this.text(d)}).${m.pick(['getScheme', 'getHost', 'getHostname', 'getPort', 'getEscapedPath'])}()`,
      () =>
        `${m.pick(["'%s'", "'%s-%d'", "'%.2f'", "'%x'", "'%e'", "'%b'", "'%%'", "'%s %s'", "'%q'", "'%'"])}.format([${m.list(2, () => this.any(d)).join(', ')}])`,
      () => `'${m.pick(['%s', '%s|%s'])}'.format([${this.dyn(d)}, ${this.any(d)}])`,
      () => `${this.optional(d)}.orValue(${this.text(d)})`,
      () => `(${this.bool(d)} ? ${this.text(d)} : ${this.text(d)})`,
    ];
    return m.pick(makers)();
  }

  pattern(): string {
    return this.#m.pick([
      "'^[a-z]+$'",
      "'.*'",
      "'\\\\d+'",
      "'a|b'",
      "'('",
      "'[0-9]{2,}'",
      "'(?i)A'",
      "''",
      "'x*'",
      "'\\\\p{L}+'",
      "'^(?:[a-z]+\\\\.)+[a-z]+$'",
      "'a(?=b)'",
    ]);
  }

  texts(depth: number): string {
    const m = this.#m;
    if (depth <= 0 || m.chance(0.4)) return `[${m.list(3, () => this.text(0)).join(', ')}]`;
    const d = depth - 1;
    return m.pick([
      () =>
        `${this.text(d)}.split(${m.pick(["','", "''", "'a'", "'.'"])}${m.chance(0.2) ? `, ${m.pick(['0', '1', '2', '-1'])}` : ''})`,
      () => `${this.text(d)}.findAll(${this.pattern()}${m.chance(0.2) ? ', 1' : ''})`,
      () => this.#map('string', depth),
      () => `${this.texts(d)}.${m.pick(['reverse', 'distinct', 'sort'])}()`,
      () => `${this.texts(d)}.slice(${m.pick(['0, 1', '1, 2', '0, 0', '-1, 1'])})`,
      () => `(${this.texts(d)} + ${this.texts(d)})`,
    ])();
  }

  #map(type: string, depth: number): string {
    const [range, element] = this.#range(depth - 1);
    const variable = this.#enter(element);
    const filter = this.#m.chance(0.3) ? `${this.bool(depth - 1)}, ` : '';
    const value =
      type === 'string' ? this.text(depth - 1) : type === 'int' ? this.int(depth - 1) : this.any(depth - 1);
    this.#leave(1);
    return `${range}.map(${variable}, ${filter}${value})`;
  }

  ints(depth: number): string {
    const m = this.#m;
    if (depth <= 0 || m.chance(0.5)) return `[${m.list(3, () => this.int(0)).join(', ')}]`;
    return m.pick([
      () => this.#map('int', depth),
      () => `lists.range(${m.pick(['3', '0', '-1', this.int(0)])})`,
      () => `${this.ints(depth - 1)}.sort()`,
    ])();
  }

  list(depth: number): string {
    const m = this.#m;
    if (depth <= 0)
      return m.pick([
        '[]',
        '[1, 2]',
        "['a', 'b']",
        '[true]',
        '[1.5]',
        '[[1], []]',
        "['a', ?optional.none()]",
        '[null]',
      ]);
    const d = depth - 1;
    return m.pick([
      () => this.texts(depth),
      () => this.ints(depth),
      () => `[${this.any(d)}, ${this.any(d)}]`,
      () => `[dyn(${this.any(d)}), dyn(${this.any(d)})]`,
      () => this.#map('any', depth),
      () => this.#filter(d),
      () => `[${this.list(d)}, ${this.list(d)}].flatten()`,
      () => `[${this.dyn(d)}.map(k, k).size()]`,
      () => `(${this.dyn(d)} + ${this.list(d)})`,
      () => `${this.map(d)}.transformList(k, v, ${m.pick(['k', 'v', '[k]'])})`,
      () => `${this.texts(d)}.sortBy(s, ${m.pick(['s', 'size(s)', '-size(s)'])})`,
      () => `[optional.of(${this.int(d)}), optional.none()].unwrapOpt()`,
    ])();
  }

  #filter(depth: number): string {
    const [range, type] = this.#range(depth);
    const variable = this.#enter(type);
    const body = this.bool(depth);
    this.#leave(1);
    return `${range}.filter(${variable}, ${body})`;
  }

  map(depth: number): string {
    const m = this.#m;
    if (depth <= 0)
      return m.pick([
        '{}',
        "{'a': 1}",
        "{1: 'x', 2: 'y'}",
        '{true: 1.5}',
        "{'a': 'b', ?'c': optional.none()}",
        "{'k': null}",
      ]);
    const d = depth - 1;
    return m.pick([
      () => `{${this.text(d)}: ${this.any(d)}}`,
      () => `{'a': dyn(${this.any(d)}), 'b': dyn(${this.any(d)})}`,
      () => `${this.map(d)}.transformMap(k, v, ${m.pick(['v', 'k', 'size(string(k))'])})`,
      () => `[1, 2].transformMapEntry(i, v, {string(v): i})`,
      () => `url(${this.text(d)}).getQuery()`,
    ])();
  }

  optional(depth: number): string {
    const m = this.#m;
    if (depth <= 0)
      return m.pick([
        'optional.none()',
        'optional.of(1)',
        'object.?spec.replicas',
        'object.metadata.?labels.?app',
        "object[?'spec']",
        '[1, 2][?5]',
        "{'a': 1}[?'a']",
        'object.?missing.?more',
        'object.spec.?containers[0].?image',
        'object.spec.containers[?0].name',
        'params.?data[?"x"]',
      ]);
    const d = depth - 1;
    return m.pick([
      () => `optional.of(${this.any(d)})`,
      () => `optional.ofNonZeroValue(${this.any(d)})`,
      () => `${this.optional(d)}.or(${this.optional(d)})`,
      () => `${this.optional(d)}.optMap(o, ${m.pick(['o', '[o]', 'string(o)', 'o == 1'])})`,
      () => `${this.optional(d)}.optFlatMap(o, ${m.pick(['optional.of(o)', 'optional.none()', 'o.?name'])})`,
      () => `${this.list(d)}.${m.pick(['first', 'last'])}()`,
      () => `${this.dyn(d)}.?${m.pick(['name', 'spec', 'app'])}`,
    ])();
  }

  special(depth: number): string {
    const m = this.#m;
    return m.pick([
      () => this.quantity(depth),
      () => this.optional(depth),
      () => "timestamp('2024-01-01T00:00:00Z')",
      () =>
        `(timestamp('2024-01-01T00:00:00Z') ${m.pick(['+', '-'])} duration('${m.pick(['1h', '-5m', '2562047h'])}'))`,
      () => "duration('1h30m')",
      () =>
        `timestamp(${m.pick(['0', '1700000000', 'object.status.when', 'object.metadata.creationTimestamp', '99999999999999'])})`,
      () => `(duration('${m.pick(['1h', '2562047h'])}') + duration('${m.pick(['1s', '2562047h'])}'))`,
      () => "b'bytes'",
      () => `bytes(${this.text(0)})`,
      () => `type(${this.any(Math.max(0, depth - 1))})`,
      () => `uint(${this.int(0)})`,
      () =>
        `(3u ${m.pick(['+', '-', '*', '/', '%'])} ${m.pick(['1u', '0u', '5u', '18446744073709551615u'])})`,
      () => "ip('10.0.0.1')",
      () => "cidr('10.0.0.0/8').masked()",
      () => `url(${this.text(0)})`,
      () => 'request',
      () => 'namespaceObject',
      () => `${m.pick(["'2024-01-01'", 'object.kind'])}.matches(${this.pattern()})`,
    ])();
  }
}

function pathsOf(value: Json | undefined, at: string, depth = 0): string[] {
  if (depth > 6 || value === null || typeof value !== 'object') return [at];
  if (Array.isArray(value))
    return [at, ...value.slice(0, 2).flatMap((item, i) => pathsOf(item, `${at}[${i}]`, depth + 1))];
  return [
    at,
    ...Object.entries(value).flatMap(([key, child]) =>
      pathsOf(child, /^[A-Za-z_]\w*$/.test(key) ? `${at}.${key}` : `${at}['${key}']`, depth + 1),
    ),
  ];
}

export function randomCase(seed: number, expressions: number): CelCase {
  const m = new Maker(seed);
  const custom = m.chance(0.35);
  const object = randomObject(seed * 7 + 1, custom);
  const isUpdate = m.chance(0.4);
  const oldObject = isUpdate ? { ...randomObject(seed * 7 + (m.chance(0.4) ? 1 : 2), custom) } : null;
  if (oldObject !== null && oldObject['kind'] !== object['kind'])
    Object.assign(oldObject, structuredClone(object));
  const names = m.chance(0.1) ? ['a', 'b'] : [];
  const variables = names.map((name, i) => {
    const seen = names.slice(0, i).flatMap((earlier) => new Array<string>(20).fill(`variables.${earlier}`));
    return { name, expression: new Grammar(m, object, seen).any(2) };
  });
  const grammar = new Grammar(
    m,
    object,
    names.flatMap((name) => new Array<string>(20).fill(`variables.${name}`)),
  );
  const params = m.chance(0.7)
    ? { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'p' }, data: { x: '1', max: '5' } }
    : null;
  const namespace = m.chance(0.8)
    ? {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: 'default', labels: { env: 'prod' }, annotations: { a: 'b' } },
        spec: { finalizers: ['kubernetes'] },
        status: { phase: 'Active' },
      }
    : null;
  return {
    seed,
    expressions: Array.from({ length: expressions }, () => {
      const depth = 1 + m.int(3);
      return m.chance(0.6) ? grammar.bool(depth) : grammar.any(depth);
    }),
    variables,
    object,
    oldObject,
    params,
    namespace,
    operation: isUpdate ? 'UPDATE' : 'CREATE',
  };
}

/** Expressions that give a bool, about an object such as `sample`. */
export function randomExpressions(seed: number, sample: JsonObject, count: number): string[] {
  const m = new Maker(seed);
  const grammar = new Grammar(m, sample);
  return Array.from({ length: count }, () => grammar.bool(1 + m.int(3)));
}
