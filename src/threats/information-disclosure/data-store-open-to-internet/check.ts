import { Component } from '../../../kubernetes/component.ts';
import { dataStoreOf } from '../../../kubernetes/data-stores.ts';
import { portPath } from '../../../kubernetes/programs.ts';
import { defineCheck, fail, notApplicable, pass } from '../../define-check.ts';
import { EXPOSURE_REASONS, fromInternet } from '../../exposure-of.ts';

export default defineCheck({
  id: 'data-store-open-to-internet',
  threat: 'information-disclosure',
  severity: 'high',
  confidence: 'medium',
  subject: 'container',
  frameworks: {
    nsa: ['Network separation and hardening'],
    mitre: ['T1133', 'T1190', 'T1213'],
    owasp: ['K07'],
  },
  equivalents: {},
  messages: { open: ['store', 'port', 'way'] },
  reasons: EXPOSURE_REASONS,
  fix: 'none',
  evaluate(container, cluster) {
    const found = dataStoreOf(container);
    // The etcd of the control plane has checks of its own.
    if (found === undefined || Component.of(container.workload).length > 0) return notApplicable;
    const reach = fromInternet(container, found.ports, cluster);
    if (reach.verdict === 'unknown') return reach;
    if (reach.verdict === 'closed') return pass;
    return fail({
      at: portPath(container, [reach.port]),
      message: 'open',
      params: { store: found.name, port: reach.port, way: reach.way },
      confidence: found.by === 'image' ? 'medium' : 'low',
    });
  },
});
