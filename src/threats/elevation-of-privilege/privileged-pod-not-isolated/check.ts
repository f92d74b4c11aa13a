import { baselineViolations } from '../../../engines/pod-security/of-workload.ts';
import { reachesBeyondContainer } from '../../../kubernetes/capabilities.ts';
import { Component } from '../../../kubernetes/component.ts';
import { choosesNodes, toleratesReservedNodes } from '../../../kubernetes/dedicated-nodes.ts';
import { defineCheck, fail, notApplicable, pass } from '../../define-check.ts';

/** Controls whose violation gives a pod a way to its node; the others of the baseline level do not. */
const WAYS_TO_THE_NODE = new Set(['privileged', 'hostNamespaces', 'hostPathVolumes', 'windowsHostProcess']);
const CAPABILITIES = 'capabilities_baseline';

export default defineCheck({
  id: 'privileged-pod-not-isolated',
  threat: 'elevation-of-privilege',
  severity: 'low',
  confidence: 'medium',
  subject: 'workload',
  frameworks: { nsa: ['Kubernetes Pod security'], mitre: ['T1611'], owasp: ['K01'] },
  equivalents: {},
  messages: { anywhere: ['detail'], shared: ['detail'] },
  fix: 'none',
  evaluate(workload, cluster) {
    // Agents of every node, and the control plane itself, have no choice of nodes.
    if (workload.kind === 'DaemonSet' || Component.of(workload).length > 0) return notApplicable;
    const capable = workload.containers.some(({ security }) =>
      security.addedCapabilities.some(reachesBeyondContainer),
    );
    const violated = baselineViolations(workload, cluster)
      .map(({ control }) => control)
      .filter((control) => WAYS_TO_THE_NODE.has(control) || (capable && control === CAPABILITIES));
    if (violated.length === 0) return notApplicable;
    const params = { detail: violated.join(', ') };
    if (!choosesNodes(workload)) {
      const at = workload.at(workload.pod['nodeSelector'] === undefined ? 'affinity' : 'nodeSelector');
      return fail({ at, message: 'anywhere', params });
    }
    if (!toleratesReservedNodes(workload)) {
      return fail({ at: workload.at('tolerations'), message: 'shared', params });
    }
    return pass;
  },
});
