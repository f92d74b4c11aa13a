import { reachesBeyondContainer } from '../../../kubernetes/capabilities.ts';
import type { Cluster } from '../../../kubernetes/cluster.ts';
import { asString } from '../../../kubernetes/json.ts';
import type { Container, Workload } from '../../../kubernetes/workload.ts';
import { defineCheck, fail, notApplicable, pass, unknown } from '../../define-check.ts';

/** Names by which the RuntimeClasses and handlers of sandboxing runtimes go. */
const SANDBOX = /gvisor|runsc|kata|firecracker|krun|edera|hypervisor/i;
const HOST_NAMESPACES = ['hostNetwork', 'hostPID', 'hostIPC'];

export default defineCheck({
  id: 'risky-pod-without-sandbox',
  threat: 'elevation-of-privilege',
  severity: 'low',
  confidence: 'medium',
  subject: 'workload',
  frameworks: { nsa: ['Kubernetes Pod security'], mitre: ['T1611'], owasp: ['K01'] },
  equivalents: {},
  messages: { powerful: ['container', 'capability'], untrusted: ['label'] },
  reasons: { 'runtime-class-not-seen': ['runtimeClass'] },
  fix: 'none',
  evaluate(workload, cluster) {
    // What runs on the node on purpose cannot be sandboxed from it.
    const onTheNode = HOST_NAMESPACES.some((field) => workload.pod[field] === true);
    if (onTheNode || workload.containers.some(({ security }) => security.privileged)) return notApplicable;
    const label = Object.keys(workload.podLabels).find((key) => workload.podLabels[key] === 'untrusted');
    const powerful = workload.isWindows ? undefined : workload.containers.find(dangerous);
    if (label === undefined && powerful === undefined) return notApplicable;
    const runtimeClass = asString(workload.pod['runtimeClassName']);
    if (runtimeClass !== undefined && SANDBOX.test(runtimeClass)) return pass;
    const at = workload.at('runtimeClassName');
    if (runtimeClass) {
      const handler = handlerOf(runtimeClass, cluster);
      if (handler === undefined) return unknown('runtime-class-not-seen', { runtimeClass }, at);
      if (SANDBOX.test(handler)) return pass;
    }
    return powerful === undefined
      ? fail({ at, message: 'untrusted', params: { label: label ?? '' } })
      : fail({
          at,
          message: 'powerful',
          params: { container: powerful.name, capability: dangerous(powerful) ?? '' },
        });
  },
});

/** The first capability beyond the default ones that lets a process which may be root act on the node. */
function dangerous({ security, workload }: Container): string | undefined {
  const mayBeRoot = security.runAsNonRoot !== true && (security.runAsUser ?? 0) === 0;
  if (!mayBeRoot || workload.pod['hostUsers'] === false) return undefined;
  return security.addedCapabilities.find(reachesBeyondContainer);
}

function handlerOf(runtimeClass: Workload['name'], cluster: Cluster): string | undefined {
  const handlers = cluster.memo(
    'runtime class handlers',
    () =>
      new Map(
        cluster
          .ofKind('RuntimeClass')
          .map(({ name, raw, spec }) => [name, asString(raw['handler'] ?? spec['runtimeHandler'])]),
      ),
  );
  return handlers.get(runtimeClass);
}
