import { asString, type Json } from '../../../kubernetes/json.ts';
import { defineCheck, fail, notApplicable, pass } from '../../define-check.ts';

export default defineCheck({
  id: 'host-port',
  threat: 'denial-of-service',
  severity: 'medium',
  confidence: 'high',
  subject: 'container',
  frameworks: {
    cis: ['5.2.12'],
    nsa: ['Network separation and hardening'],
    pss: ['baseline/hostPorts'],
    owasp: ['K01'],
  },
  equivalents: {
    kubescape: ['C-0044'],
    trivy: ['KSV-0024'],
    polaris: ['hostPortSet'],
    checkov: ['CKV_K8S_26'],
    kyverno: ['disallow-host-ports'],
  },
  messages: { published: ['container', 'ports'] },
  fix: 'none',
  evaluate(container) {
    if (container.ports.length === 0) return notApplicable;
    const published = container.ports.filter(({ raw }) => isPort(raw['hostPort']));
    const [first] = published;
    if (first === undefined) {
      // On the host network every port is one of the node: hostNetwork is the finding, not its consequence.
      return container.workload.pod['hostNetwork'] === true ? notApplicable : pass;
    }
    const names = published.map(({ raw }) => `${raw['hostPort']}/${asString(raw['protocol']) ?? 'TCP'}`);
    return fail({
      at: `${first.path}.hostPort`,
      message: 'published',
      params: { container: container.name, ports: names.join(', ') },
    });
  },
});

/** 0 stands for no host port. */
function isPort(value: Json | undefined): boolean {
  return (typeof value === 'number' || typeof value === 'string') && Number(value) !== 0;
}
