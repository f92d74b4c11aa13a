import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../src/kubernetes/json.ts';
import { asker, ccnp, cnp, namespace, pod } from './network-cilium-world.ts';

/** Tables of the unit tests of github.com/cilium/cilium v1.18.4, each named by its file and function. */

const FOO = { matchLabels: { foo: 'yes' } };
const BAR = { matchLabels: { bar: 'yes' } };
const HTTP = { http: [{ method: 'GET', path: '/' }] };
const tcp80 = (rules?: object) => [
  { ports: [{ port: '80', protocol: 'TCP' }], ...(rules === undefined ? {} : { rules }) },
];
const PODS = [
  pod('it', { labels: { foo: 'yes' } }),
  pod('foo', { labels: { foo: 'yes' } }),
  pod('bar', { labels: { bar: 'yes' } }),
];

describe('pkg/policy/distillery_test.go', () => {
  /** The keys of the maps that a case expects: of a peer and a port, of a port, of a peer; L3, L4, L7 and deny of each. */
  const ROWS =
    'a:XXXXXXXXXXXX b:XXXXXXXX1000 c:XXXX0100XXXX d:XXXX01001000 e:1100XXXXXXXX f:1100XXXX1000 g:XXXX0110XXXX h:XXXX01101000 i:11100110XXXX j:111001101000 k:1110XXXXXXXX l:1110XXXX1000 m:11100100XXXX n:111001001000 o:XXXXXXXX1001 p:110101001001 q:110101101001 r:XXXX0101XXXX s:XXXX01011000 t:XXXX01011001 u:1101XXXXXXXX v:1101XXXX1000 w:11010100XXXX x:110101001000 y:11010110XXXX z:110101101000 {:XXXX11011001';
  const CASES =
    'abcdefcdghghijijklmnklmnijijijijooppooppqqqqqqqqooppooppqqqqqqqqrsrsrsrsrsrsrsrsrsrsrsrsrsrsrsrsttttttttttttttttttttttttttttttttuvwxuvwxyzyzyzyzuvwxuvwxyzyzyzyzooppooppqqqqqqqqooppooppqqqqqqqqrsrsrsrsrsrsrsrsrsrsrsrsrsrsrsrs{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{';
  const rows = new Map(ROWS.split(' ').map((row) => [row[0]!, row.slice(2)]));
  /** The rules of generateRule, one for each bit of the number of the case. */
  const RULES: readonly object[] = [
    { ingress: [{ fromEndpoints: [FOO] }] },
    { ingress: [{ toPorts: tcp80() }] },
    { ingress: [{ fromEndpoints: [FOO], toPorts: tcp80() }] },
    { ingress: [{ toPorts: tcp80(HTTP) }] },
    { ingress: [{ fromEndpoints: [FOO], toPorts: tcp80(HTTP) }] },
    { ingressDeny: [{ fromEndpoints: [FOO] }] },
    { ingressDeny: [{ toPorts: tcp80() }] },
    { ingressDeny: [{ fromEndpoints: [FOO], toPorts: tcp80() }] },
  ];

  test('Test_MergeRules: each combination of eight rules', () => {
    const wrong: object[] = [];
    for (const [number, row] of [...CASES].entries()) {
      const policies = RULES.map((rule, bit) => {
        const isThere = ((number >> bit) & 1) === 1;
        return cnp({ endpointSelector: FOO, ...(isThere ? rule : { ingress: [{}] }) });
      });
      const ask = asker([...PODS, ...policies]);
      const fields = rows.get(row)!;
      const [both, ofPort, ofPeer] = [fields.slice(0, 4), fields.slice(4, 8), fields.slice(8)];
      // The packets that a key of a map means; the map denies where one of the keys does.
      const expected = (keys: readonly (string | undefined)[]) => {
        const there = keys.filter((key) => key !== undefined && key[0] !== 'X');
        return there.length > 0 && there.every((key) => key![3] === '0') ? 'yes' : 'no';
      };
      const answers = {
        'foo > it TCP/80': expected([both, ofPort, ofPeer]),
        'foo > it TCP/81': expected([ofPeer]),
        'bar > it TCP/80': expected([ofPort]),
        'bar > it TCP/81': 'no',
        'it > foo TCP/80': expected([both, ofPort, ofPeer]),
      };
      for (const [question, answer] of Object.entries(answers)) {
        if (ask(question) !== answer) wrong.push({ number, question, answer, given: ask(question) });
      }
    }
    expect(wrong).toEqual([]);
    expect(CASES).toHaveLength(256);
  });

  const everybody = { ingress: [{ fromEntities: ['all'] }] };
  const world = (section: string) => ({
    [`ingress${section}`]: [{ fromEntities: ['world'] }],
    [`egress${section}`]: [{ toEntities: ['world'] }],
  });
  const cidr = (section: string, block: string, toPorts?: object[]) => {
    const ports = toPorts === undefined ? {} : { toPorts };
    return {
      [`ingress${section}`]: [{ fromCIDR: [block], ...ports }],
      [`egress${section}`]: [{ toCIDR: [block], ...ports }],
    };
  };
  const port8080 = [{ ports: [{ port: '8080', protocol: 'ANY' }] }];
  const worldOn8080 = {
    ingressDeny: [{ fromEntities: ['world'], toPorts: port8080 }],
    egressDeny: [{ toEntities: ['world'], toPorts: port8080 }],
  };

  test.each([
    [
      'deny_world_no_labels',
      [everybody, world('Deny'), cidr('', '192.0.2.3/32')],
      { '192.0.2.3 > foo TCP/1': 'no', 'foo > 192.0.2.3 TCP/1': 'no', '1.1.1.1 > foo TCP/1': 'no' },
    ],
    [
      'deny_one_ip_with_a_larger_subnet',
      [everybody, cidr('Deny', '192.0.2.0/24'), cidr('', '192.0.2.3/32')],
      {
        '192.0.2.3 > foo TCP/1': 'no',
        'foo > 192.0.2.3 TCP/1': 'no',
        '1.1.1.1 > foo TCP/1': 'yes',
        'foo > 1.1.1.1 TCP/1': 'no',
      },
    ],
    [
      'deny_part_of_a_subnet_with_an_ip',
      [everybody, cidr('Deny', '192.0.2.3/32'), cidr('', '192.0.2.0/24')],
      {
        '192.0.2.3 > foo TCP/1': 'no',
        '192.0.2.4 > foo TCP/1': 'yes',
        'foo > 192.0.2.3 TCP/1': 'no',
        'foo > 192.0.2.4 TCP/1': 'yes',
      },
    ],
    [
      'broad_cidr_deny_is_a_portproto_subset_of_a_specific_cidr_allow',
      [everybody, worldOn8080, cidr('', '192.0.2.3/32')],
      {
        '192.0.2.3 > foo TCP/8080': 'no',
        'foo > 192.0.2.3 SCTP/8080': 'no',
        '192.0.2.3 > foo TCP/1': 'yes',
        'foo > 192.0.2.3 TCP/1': 'yes',
      },
    ],
    [
      'broad_cidr_allow_is_a_portproto_subset_of_a_specific_cidr_deny',
      [everybody, cidr('', '192.0.2.0/24', port8080), cidr('Deny', '192.0.2.3/32')],
      {
        'foo > 192.0.2.4 UDP/8080': 'yes',
        'foo > 192.0.2.4 UDP/1': 'no',
        'foo > 192.0.2.3 UDP/8080': 'no',
        '192.0.2.3 > foo UDP/8080': 'no',
      },
    ],
  ] as const)('Test_EnsureDeniesPrecedeAllows: %s', (_, specs, packets) => {
    const ask = asker([...PODS, ...specs.map((spec) => ccnp({ endpointSelector: {}, ...spec }))]);
    expect(Object.fromEntries(Object.keys(packets).map((each) => [each, ask(each)]))).toEqual(packets);
  });

  test('Test_Allowception: an exception of what is denied', () => {
    const spec = {
      endpointSelector: {},
      egress: [{ toCIDR: ['0.0.0.0/0'] }],
      egressDeny: [{ toCIDRSet: [{ cidr: '1.0.0.0/8', except: ['1.1.1.1/32'] }] }],
    };
    const ask = asker([...PODS, ccnp(spec)]);
    expect(['8.8.8.8', '1.2.3.4', '1.1.1.1'].map((to) => ask(`foo > ${to} TCP/1`))).toEqual([
      'yes',
      'no',
      'yes',
    ]);
    expect(ask('1.2.3.4 > foo TCP/1')).toBe('yes');
  });

  // Those that Test_MergeL3 expects to be asked for proof may pass; the rest passes.
  const all = (mode?: string) => ({ ingress: [{ fromEntities: ['all'], ...proof(mode) }] });
  const from = (peer: object, mode?: string) => ({ ingress: [{ fromEndpoints: [peer], ...proof(mode) }] });
  const on80 = (mode?: string) => ({ ingress: [{ toPorts: tcp80(), ...proof(mode) }] });
  test.each([
    [2, [from(FOO), from(BAR, 'test-always-fail')], 'yes', 'unknown'],
    [3, [from(FOO), from(BAR, 'test-always-fail'), on80('required')], 'unknown', 'unknown'],
    [4, [all(), from(BAR, 'test-always-fail')], 'yes', 'unknown'],
    [5, [all('required'), from(BAR)], 'unknown', 'unknown'],
    [6, [all('required'), on80()], 'unknown', 'unknown'],
    [8, [all(), from(BAR), on80()], 'yes', 'yes'],
    [9, [all(), on80(), from(BAR, 'test-always-fail')], 'yes', 'unknown'],
  ] as const)('Test_MergeL3: authentication, case %i', (_, specs, ofFoo, ofBar) => {
    const ask = asker([...PODS, ...specs.map((spec) => cnp({ endpointSelector: FOO, ...spec }))]);
    expect([ask('foo > it TCP/80'), ask('bar > it TCP/80')]).toEqual([ofFoo, ofBar]);
  });

  type Range = readonly [from: number, to: number, isAllow: boolean];
  test.each<readonly [string, readonly Range[], readonly Range[]]>([
    [
      'deny range (1-1024) covers port allow (80)',
      [
        [80, 0, true],
        [1, 1024, false],
      ],
      [
        [79, 81, false],
        [1023, 1025, false],
      ],
    ],
    [
      'deny port (80) in broader allow range (1-1024)',
      [
        [80, 0, false],
        [1, 1024, true],
      ],
      [
        [1, 2, true],
        [79, 79, true],
        [80, 80, false],
        [81, 81, true],
        [1023, 1024, true],
        [1025, 1026, false],
      ],
    ],
    [
      'wildcard deny (*) covers broad allow range (1-1024)',
      [
        [0, 0, false],
        [1, 1024, true],
      ],
      [
        [1, 2, false],
        [1023, 1025, false],
      ],
    ],
    [
      'wildcard allow (*) has an deny range hole (1-1024)',
      [
        [0, 0, true],
        [1, 1024, false],
      ],
      [
        [1, 2, false],
        [1023, 1024, false],
        [1025, 1026, true],
        [65_534, 65_534, true],
      ],
    ],
    [
      'two allow ranges (80-90, 90-100) with overlapping deny (85-95)',
      [
        [80, 90, true],
        [85, 95, false],
        [90, 100, true],
      ],
      [
        [79, 79, false],
        [80, 84, true],
        [85, 95, false],
        [96, 100, true],
        [101, 101, false],
      ],
    ],
  ])('TestEgressPortRangePrecedence: %s', (_, ranges, packets) => {
    const rules = (isAllow: boolean) =>
      ranges
        .filter((range) => range[2] === isAllow)
        .map(([port, endPort]) => ({
          toEndpoints: [BAR],
          toPorts: [{ ports: [{ port: String(port), endPort, protocol: 'TCP' }] }],
        }));
    const ask = asker([
      ...PODS,
      cnp({ endpointSelector: FOO, egress: rules(true), egressDeny: rules(false) }),
    ]);
    for (const [first, last, isAllow] of packets) {
      for (let port = first; port <= last; port++)
        expect(ask(`foo > bar TCP/${port}`)).toBe(isAllow ? 'yes' : 'no');
    }
  });

  function proof(mode: string | undefined): object {
    return mode === undefined ? {} : { authentication: { mode } };
  }
});

describe('pkg/policy/repository_test.go, TestDefaultAllow', () => {
  const rule = (enableDefaultDeny: boolean) =>
    cnp({
      endpointSelector: FOO,
      ingress: [{ fromEndpoints: [FOO] }],
      enableDefaultDeny: { ingress: enableDefaultDeny },
    });
  test.each([
    [[], 'yes'],
    [[true], 'no'],
    [[false], 'yes'],
    [[true, false], 'no'],
  ] as const)('%j', (rules, answer) => {
    const ask = asker([...PODS, ...rules.map(rule)]);
    expect([ask('bar > it TCP/1'), ask('foo > it TCP/1')]).toEqual([answer, 'yes']);
  });
});

describe('pkg/k8s/apis/cilium.io/utils/utils_test.go, Test_ParseToCiliumRule', () => {
  const there = [
    namespace('ns-2', { team: 'team-a' }),
    pod('ns-2/a'),
    pod('b'),
    pod('backend', { labels: { role: 'backend' } }),
  ];
  const backend = (peer: object) => ({
    endpointSelector: { matchLabels: { role: 'backend' } },
    ingress: [{ fromEndpoints: [peer] }],
  });
  test.each([
    [
      'set-any-source-for-namespace',
      cnp(backend({ matchLabels: { 'any:io.kubernetes.pod.namespace': 'ns-2' } })),
      ['yes', 'no', 'no'],
    ],
    [
      'parse-in-namespace-with-ns-labels-selector',
      cnp(backend({ matchLabels: { 'io.cilium.k8s.namespace.labels.team': 'team-a' } })),
      ['yes', 'no', 'no'],
    ],
    ['wildcard-to-from-endpoints-with-ccnp', ccnp(backend({})), ['yes', 'yes', 'no']],
    [
      'parse-init-policy-namespaced',
      cnp({
        endpointSelector: { matchExpressions: [{ key: 'reserved:init', operator: 'DoesNotExist' }] },
        ingress: [{ fromEndpoints: [{}] }],
      }),
      ['no', 'yes', 'no'],
    ],
  ] as const)('%s', (_, object, answers) => {
    const ask = asker([...there, object as JsonObject]);
    expect(['ns-2/a', 'b', '1.1.1.1'].map((from) => ask(`${from} > backend TCP/1`))).toEqual(answers);
  });
});
