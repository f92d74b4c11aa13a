import { Component } from '../../../kubernetes/component.ts';
import { dataStoreOf } from '../../../kubernetes/data-stores.ts';
import { portPath } from '../../../kubernetes/programs.ts';
import { defineCheck, fail, notApplicable, pass } from '../../define-check.ts';
import { fromEveryNamespace, fromInternet, NAMESPACE_REASONS } from '../../exposure-of.ts';

export default defineCheck({
  id: 'data-store-open-to-every-namespace',
  threat: 'information-disclosure',
  severity: 'low',
  confidence: 'medium',
  subject: 'container',
  frameworks: { nsa: ['Network separation and hardening'], mitre: ['T1046', 'T1213'], owasp: ['K07'] },
  equivalents: {},
  messages: { open: ['store', 'port'] },
  reasons: NAMESPACE_REASONS,
  fix: 'none',
  evaluate(container, cluster) {
    const found = dataStoreOf(container);
    if (found === undefined || Component.of(container.workload).length > 0) return notApplicable;
    // What the internet reaches is reported as that.
    if (fromInternet(container, found.ports, cluster).verdict === 'open') return notApplicable;
    const reach = fromEveryNamespace(container, found.ports, cluster);
    if (reach.verdict === 'unknown') return reach;
    if (reach.verdict === 'closed') return pass;
    return fail({
      at: portPath(container, [reach.port]),
      message: 'open',
      params: { store: found.name, port: reach.port },
      confidence: found.by === 'image' ? 'medium' : 'low',
    });
  },
});
