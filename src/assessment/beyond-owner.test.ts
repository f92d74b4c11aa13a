import { expect, test } from 'vitest';
import { apiObject } from '../evidence/snapshot-evidence.ts';
import type { JsonObject } from '../kubernetes/json.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import { type Check, unknown } from '../threats/define-check.ts';
import { checks } from '../threats/generated/registry.ts';
import { assess } from './assess.ts';
import { Fingerprinter } from './fingerprint.ts';
import { LiveAssessment } from './live-assessment.ts';
import type { Report } from './report.ts';

const template = { containers: [{ name: 'app', image: 'nginx:1.27' }] };

const deployment = apiObject(
  { group: 'apps', version: 'v1', resource: 'deployments', kind: 'Deployment', namespaced: true },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'shop', uid: 'web' },
    spec: { replicas: 1, template: { spec: template } },
  },
);

/** A pod of the Deployment with a container that its template does not have. */
function debugged(name: string, debugger_: JsonObject): KubernetesObject {
  const ownerReferences = [
    { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'web', controller: true },
  ];
  return apiObject(
    { group: '', version: 'v1', resource: 'pods', kind: 'Pod', namespaced: true },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'shop', uid: name, ownerReferences },
      spec: { ...template, nodeName: 'n', ephemeralContainers: [debugger_] },
    },
  );
}

const privileged = { name: 'debugger', image: 'busybox:1', securityContext: { privileged: true } };

function reportOf(asked: readonly Check[], ...objects: KubernetesObject[]): Report {
  return assess(
    { objects, documents: objects.length, notKubernetes: [], unread: [], isComplete: true, gaps: [] },
    { checks: asked },
  );
}

const named = (...ids: string[]) => checks.filter(({ id }) => ids.includes(id));

test('what is wrong with the labels of the owner is not said of its pod once more', () => {
  const [ownerless] = named('workload-without-owner');
  const { findings } = reportOf([ownerless!], deployment, debugged('web-1', privileged));
  expect(findings.map(({ object }) => object.kind)).toEqual(['Deployment']);
});

test('what the pod adds is said of it', () => {
  const { findings } = reportOf(named('privileged-container'), deployment, debugged('web-1', privileged));
  expect(findings.map(({ object, path }) => [object.name, path])).toEqual([
    ['web-1', 'spec.ephemeralContainers[0].securityContext.privileged'],
  ]);
});

test('a question that is open for the owner is not open for its pod once more', () => {
  const [some] = named('workload-without-owner');
  const asking = (at: (kind: string) => string): Check => ({
    ...some!,
    evaluate: ((workload: { kind: string }) => unknown('why', {}, at(workload.kind))) as never,
  });
  const open = (check: Check) =>
    reportOf([check], deployment, debugged('web-1', privileged)).notAssessed.flatMap((entry) =>
      entry.kind === 'undecided' ? [entry.object.kind] : [],
    );
  expect(open(asking((kind) => (kind === 'Pod' ? 'spec' : 'spec.template.spec')))).toEqual(['Deployment']);
  expect(open(asking((kind) => (kind === 'Pod' ? 'spec.hostPID' : 'spec.template.spec')))).toEqual([
    'Deployment',
    'Pod',
  ]);
});

test('another pod that differs in the same way is the same finding, one of another owner is not', () => {
  const asked = named('privileged-container');
  const fingerprints = (...objects: KubernetesObject[]) => {
    const fingerprinter = new Fingerprinter();
    return reportOf(asked, ...objects).findings.map((finding) => fingerprinter.next(finding));
  };
  const first = fingerprints(deployment, debugged('web-7d9f-abcde', privileged));
  expect(first).toHaveLength(1);
  expect(fingerprints(deployment, debugged('web-7d9f-zyxwv', privileged))).toEqual(first);
  // Of no known owner: it goes by its own name.
  expect(fingerprints(debugged('web-7d9f-abcde', privileged))).not.toEqual(first);
  const renamed = { ...privileged, name: 'other' };
  expect(fingerprints(deployment, debugged('web-7d9f-abcde', renamed))).not.toEqual(first);
});

test('a pod that takes the place of another is no change', () => {
  const live = new LiveAssessment({ checks: named('privileged-container') });
  const apply = (set: KubernetesObject[], removed: string[] = []) =>
    live
      .apply({
        set,
        removed: removed.map((name) => ({ group: '', kind: 'Pod', namespace: 'shop', name })),
        gaps: [],
        lists: 1,
      })
      .map(({ isNew, object }) => [isNew, object.name]);
  expect(apply([deployment, debugged('web-a', privileged)])).toEqual([[true, 'web-a']]);
  expect(apply([debugged('web-b', privileged)], ['web-a'])).toEqual([]);
  expect(apply([], ['web-b'])).toEqual([[false, 'web-b']]);
});
