import { collectsNodeLogs } from '../../../kubernetes/log-agents.ts';
import { defineCheck, fail, notApplicable, pass, unknown } from '../../define-check.ts';

export default defineCheck({
  id: 'no-log-agent',
  threat: 'repudiation',
  severity: 'low',
  confidence: 'medium',
  subject: 'cluster',
  frameworks: { nsa: ['Audit Logging and Threat Detection'], owasp: ['K05'] },
  equivalents: {},
  messages: { none: [] },
  reasons: { 'not-among-sources': [] },
  fix: 'none',
  evaluate(cluster) {
    if (cluster.workloads.length === 0) return notApplicable;
    if (cluster.workloads.some(collectsNodeLogs)) return pass;
    return cluster.isComplete ? fail({ at: '', message: 'none' }) : unknown('not-among-sources');
  },
});
