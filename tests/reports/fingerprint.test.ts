import { describe, expect, test } from 'vitest';
import { Fingerprinter, identity } from '../../src/assessment/fingerprint.ts';
import { sortFindings } from '../../src/assessment/order.ts';
import type { Finding } from '../../src/assessment/report.ts';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import { check, deployment, finding } from './fixture.ts';

const of = (each: Finding) => new Fingerprinter().next(each);
const privileged = check('privileged-container', 'elevation-of-privilege', 'critical');

function pod(containers: JsonObject[], more: Parameters<typeof deployment>[0] = {}) {
  return deployment({ ...more, raw: { spec: { containers } } });
}
const at = (index: number, rest = '') => ({ path: `spec.containers[${index}]${rest}` });
const app = { name: 'app' };
const sidecar = { name: 'sidecar' };
const usual = finding(privileged, pod([app, sidecar]), at(0));

describe('stays the same', () => {
  test.each<[string, Finding]>([
    [
      'in another file, document and line',
      finding(privileged, pod([app, sidecar], { file: 'moved/x.yaml', document: 9, line: 400 }), at(0)),
    ],
    ['when containers change places', finding(privileged, pod([sidecar, app]), at(1))],
    [
      'under another version of the API group',
      finding(
        privileged,
        deployment({ raw: { apiVersion: 'apps/v1beta2', spec: { containers: [app] } } }),
        at(0),
      ),
    ],
    [
      'when a count or what was seen changes',
      { ...usual, params: { ...usual.params, count: 7, value: 'other', ports: 80 } },
    ],
    ['when the severity is judged anew', { ...usual, severity: 'low', confidence: 'low' }],
  ])('%s', (_, moved) => {
    expect(of(moved)).toBe(of(usual));
  });

  test('when an image gets a new tag or digest, but not when it is another image', () => {
    const image = (reference: string) => of({ ...usual, params: { image: reference } });
    expect(image('registry.example:5000/web:1.3')).toBe(image('registry.example:5000/web:1.2'));
    expect(image('registry.example:5000/web@sha256:abc')).toBe(image('registry.example:5000/web'));
    expect(image('registry.example:5000/api:1.2')).not.toBe(image('registry.example:5000/web:1.2'));
  });
});

describe('differs', () => {
  test.each<[string, Finding]>([
    ['by check', finding(check('other', 'tampering', 'low'), usual.object, at(0))],
    ['by namespace', finding(privileged, pod([app, sidecar], { namespace: 'shop' }), at(0))],
    ['by name', finding(privileged, pod([app, sidecar], { name: 'api' }), at(0))],
    ['by kind', finding(privileged, pod([app, sidecar], { kind: 'StatefulSet' }), at(0))],
    [
      'by API group',
      finding(
        privileged,
        deployment({ raw: { apiVersion: 'example.com/v1', spec: { containers: [app] } } }),
        at(0),
      ),
    ],
    ['by container', finding(privileged, usual.object, at(1))],
    ['by field', finding(privileged, usual.object, at(0, '.securityContext'))],
    ['by message', { ...usual, message: 'other' }],
    ['by a parameter that names something', { ...usual, params: { what: 'CAP_SYS_ADMIN' } }],
  ])('%s', (_, other) => {
    expect(of(other)).not.toBe(of(usual));
  });

  test('where names are chosen to read alike when joined', () => {
    const tricky = (name: string, namespace: string) =>
      identity(finding(privileged, deployment({ name, namespace }), { path: '' }));
    expect(tricky('b', 'a1:')).not.toBe(tricky('1:b', 'a'));
    expect(tricky('c', 'a\0b')).not.toBe(tricky('b\0c', 'a'));
  });
});

test('findings that cannot be told apart are numbered, and the others keep their fingerprint', () => {
  const twins = [
    finding(privileged, pod([app], { file: 'a.yaml' }), at(0)),
    finding(privileged, pod([app], { file: 'b.yaml' }), at(0)),
    finding(privileged, pod([app], { file: 'c.yaml' }), at(0)),
  ];
  const numbered = (list: Finding[]) => {
    const fingerprinter = new Fingerprinter();
    return sortFindings(list).map((each) => fingerprinter.next(each));
  };
  const all = numbered(twins);
  expect(new Set(all).size).toBe(3);
  expect(numbered(twins.toReversed())).toEqual(all);
  expect(numbered(twins.slice(0, 1))).toEqual(all.slice(0, 1));
});

test('an item without a name does not count its index, and no value of a list is hashed', () => {
  const role = (rules: JsonObject[]) => deployment({ kind: 'Role', raw: { rules } });
  const rule = { verbs: ['*'] };
  expect(of(finding(privileged, role([rule]), { path: 'rules[0]' }))).toBe(
    of(finding(privileged, role([{ verbs: ['get'] }, rule]), { path: 'rules[1]' })),
  );
  const args = (secret: string) => pod([{ name: 'app', args: [secret] }]);
  expect(identity(finding(privileged, args('--password=hunter2'), at(0, '.args[0]')))).not.toContain(
    'hunter2',
  );
});

test('a path that is no field path is taken as it is', () => {
  expect(of(finding(privileged, usual.object, { path: 'spec[[' }))).toMatch(/^[0-9a-f]{32}$/);
});
