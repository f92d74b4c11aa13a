import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../kubernetes/json.ts';
import { checks, evaluate, NEWEST_VERSION, parseVersion, strictestLevel } from './index.ts';

const HARDENED: JsonObject = {
  allowPrivilegeEscalation: false,
  runAsNonRoot: true,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
};

function pod(spec: JsonObject, securityContext: JsonObject = HARDENED): { spec: JsonObject } {
  return { spec: { containers: [{ name: 'a', image: 'a', securityContext }], ...spec } };
}

const controls = (violations: { control: string }[]) => violations.map(({ control }) => control);

// Expectations: api/helpers_test.go, TestParseVersion.
test('parseVersion accepts latest and v1.x only', () => {
  for (const text of ['latest', 'v1.0', 'v1.1', 'v1.10', 'v1.20', 'v1.10000']) {
    expect(parseVersion(text)).toBe(text);
  }
  const bad = [
    '',
    'foo',
    'v',
    'v1',
    'v1.',
    'v1.01',
    'v1.1.0',
    '1.1',
    'v2.1',
    'v1.-1',
    'V1.1',
    'Latest',
    'v1.1 ',
    'v1.1\n',
  ];
  for (const text of [...bad, 'v1.9223372036854775808']) expect(parseVersion(text), text).toBeUndefined();
});

test('the newest version is that of the last change', () => {
  expect(NEWEST_VERSION).toBe('v1.37');
  expect(checks.filter(({ level }) => level === 'baseline')).toHaveLength(12);
  expect(checks.filter(({ level }) => level === 'restricted')).toHaveLength(7);
});

test('evaluate refuses what is no version', () => {
  expect(() => evaluate(pod({}), 'baseline', 'v1.x' as 'latest')).toThrow(RangeError);
});

describe('versions', () => {
  const sysctl = pod({ securityContext: { sysctls: [{ name: 'net.ipv4.tcp_rmem', value: '1' }] } });

  test('a control is judged by the revision in force', () => {
    expect(controls(evaluate(sysctl, 'baseline', 'v1.31'))).toEqual(['sysctls']);
    expect(evaluate(sysctl, 'baseline', 'v1.32')).toEqual([]);
  });

  test('newer than the newest and latest are judged as the newest', () => {
    const bad = pod({ hostPID: true, hostUsers: false }, { procMount: 'Unmasked' });
    const newest = evaluate(bad, 'restricted', NEWEST_VERSION);
    expect(controls(newest)).toContain('procMount_restricted');
    expect(evaluate(bad, 'restricted', 'v1.999')).toEqual(newest);
    expect(evaluate(bad, 'restricted', 'latest')).toEqual(newest);
  });
});

describe('strictestLevel', () => {
  test('restricted', () => {
    expect(strictestLevel(pod({ volumes: [{ name: 'scratch' }] }), 'latest')).toEqual({
      level: 'restricted',
      violations: [],
    });
  });

  test('baseline, where only restricted controls are violated', () => {
    const { level, violations } = strictestLevel(pod({}, {}), 'latest');
    expect(level).toBe('baseline');
    expect(controls(violations)).toEqual([
      'allowPrivilegeEscalation',
      'capabilities_restricted',
      'runAsNonRoot',
      'seccompProfile_restricted',
    ]);
    expect(violations[0]).toEqual({
      level: 'restricted',
      control: 'allowPrivilegeEscalation',
      reason: 'allowPrivilegeEscalation != false',
      detail: 'container "a" must set securityContext.allowPrivilegeEscalation=false',
      paths: ['spec.containers[0].securityContext'],
    });
  });

  test('privileged; an overridden baseline control is listed beside the one that overrides it', () => {
    const adding = { ...HARDENED, capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE', 'SYS_ADMIN'] } };
    const { level, violations } = strictestLevel(pod({}, adding), 'latest');
    expect(level).toBe('privileged');
    expect(violations.map(({ level, control, paths }) => [level, control, paths])).toEqual([
      ['baseline', 'capabilities_baseline', ['spec.containers[0].securityContext.capabilities.add[1]']],
      ['restricted', 'capabilities_restricted', ['spec.containers[0].securityContext.capabilities.add[1]']],
    ]);
    expect(controls(evaluate(pod({}, adding), 'restricted', 'latest'))).toEqual(['capabilities_restricted']);
  });
});

test('a host port under hostNetwork follows from the container port', () => {
  const ports = [{ containerPort: 8080 }];
  const input = { spec: { hostNetwork: true, containers: [{ name: 'a', ports }] } };
  const violation = evaluate(input, 'baseline', 'latest').find(({ control }) => control === 'hostPorts');
  expect(violation?.detail).toBe('container "a" uses hostPort 8080');
  expect(violation?.paths).toEqual(['spec.containers[0].ports[0].hostPort']);
});

test('paths name annotations by their keys', () => {
  const key = 'container.apparmor.security.beta.kubernetes.io/a';
  const input = { ...pod({}), metadata: { annotations: { [key]: 'unconfined' } } };
  expect(evaluate(input, 'baseline', 'latest')[0]?.paths).toEqual([`metadata.annotations["${key}"]`]);
});
