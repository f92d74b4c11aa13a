import { recordsCommands } from '../../../kubernetes/command-recorders.ts';
import { RECORDER_PROGRAMS } from '../../../kubernetes/node-evidence.ts';
import { defineCheck, fail, pass, unknown } from '../../define-check.ts';

export default defineCheck({
  id: 'node-commands-not-recorded',
  threat: 'repudiation',
  severity: 'low',
  confidence: 'medium',
  subject: 'node',
  frameworks: { nsa: ['Audit Logging and Threat Detection'], owasp: ['K05'] },
  equivalents: {},
  messages: { none: ['node'], 'no-rule': ['node'] },
  reasons: { 'nodes-not-read': ['nodes'], 'programs-not-seen': ['node'], 'rules-not-seen': ['node'] },
  fix: 'none',
  evaluate({ object, seen, nodes }, cluster) {
    if (recordsCommands(cluster)) return pass;
    if (seen === undefined) return unknown('nodes-not-read', { nodes: nodes ?? '?' });
    const node = object.name;
    const { processes, auditRules } = seen;
    if (processes === undefined) return unknown('programs-not-seen', { node });
    const recorders = processes.filter(({ name }) => RECORDER_PROGRAMS.includes(name));
    if (recorders.some(({ name }) => name !== 'auditd')) return pass;
    const [auditd] = recorders;
    if (auditd === undefined) return fail({ at: 'spec.processes', message: 'none', params: { node } });
    if (auditRules === undefined || auditRules.length === 0)
      return unknown('rules-not-seen', { node }, auditd.path);
    if (auditRules.some(({ execve }) => execve)) return pass;
    return fail({ at: 'spec.auditRules', message: 'no-rule', params: { node } });
  },
});
