import { eventKeeping } from '../../../kubernetes/event-exporters.ts';
import { defineCheck, fail, notApplicable, pass, unknown } from '../../define-check.ts';

export default defineCheck({
  id: 'events-not-kept',
  threat: 'repudiation',
  severity: 'info',
  confidence: 'medium',
  subject: 'cluster',
  frameworks: { nsa: ['Audit Logging and Threat Detection'], owasp: ['K05'] },
  equivalents: {},
  messages: { none: [] },
  reasons: { 'not-among-sources': [], 'configuration-not-seen': ['collector'] },
  fix: 'none',
  evaluate(cluster) {
    if (cluster.workloads.length === 0) return notApplicable;
    const keeping = eventKeeping(cluster);
    if (keeping.kind === 'kept') return pass;
    if (keeping.kind === 'perhaps') return unknown('configuration-not-seen', { collector: keeping.by }, '');
    // Files without any collector say nothing about who collects.
    if (!cluster.isComplete && keeping.collectors === 0) return notApplicable;
    return cluster.isComplete ? fail({ at: '', message: 'none' }) : unknown('not-among-sources');
  },
});
