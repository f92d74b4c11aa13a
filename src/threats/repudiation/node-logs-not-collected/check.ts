import { agentConfiguration } from '../../../kubernetes/agent-configuration.ts';
import { collectsNodeLogs, isLogAgent, systemLogAccess } from '../../../kubernetes/log-agents.ts';
import { defineCheck, fail, notApplicable, pass, unknown } from '../../define-check.ts';

/** Inputs of log agents for the journal, and files in which other systems have the kubelet's and the runtime's words. */
const SYSTEM_INPUTS =
  /\bjournald?\b|\bjournalctl\b|\bsystemd\b|_SYSTEMD_UNIT|\/var\/log\/(?:journal|syslog|messages)\b|\/(?:kubelet|containerd|docker|crio)\.log\b/i;

export default defineCheck({
  id: 'node-logs-not-collected',
  threat: 'repudiation',
  severity: 'low',
  confidence: 'medium',
  subject: 'cluster',
  frameworks: { nsa: ['Audit Logging and Threat Detection'], owasp: ['K05'] },
  equivalents: {},
  messages: { 'pods-only': ['agents'] },
  reasons: {
    'not-among-sources': ['agents'],
    'configuration-not-seen': ['agent'],
    'not-in-configuration': ['agent'],
  },
  fix: 'none',
  evaluate(cluster) {
    // Without any agent no-log-agent speaks.
    const agents = cluster.workloads.filter(collectsNodeLogs);
    if (agents.length === 0) return notApplicable;
    let doubtful: { readonly agent: string; readonly isTold: boolean } | undefined;
    for (const agent of agents) {
      const access = systemLogAccess(agent);
      if (access === 'own-mount') return pass;
      if (access === 'none') continue;
      const { texts, isWhole } = agentConfiguration(cluster, agent);
      if (texts.some((text) => SYSTEM_INPUTS.test(text))) return pass;
      const isTold = isWhole && agent.containers.some(isLogAgent);
      if (doubtful === undefined || !isTold) doubtful = { agent: agent.name, isTold };
    }
    if (doubtful !== undefined) {
      const { agent, isTold } = doubtful;
      return isTold
        ? unknown('not-in-configuration', { agent })
        : unknown('configuration-not-seen', { agent });
    }
    const names = agents.map(({ name }) => name).join(', ');
    return cluster.isComplete
      ? fail({ at: '', message: 'pods-only', params: { agents: names } })
      : unknown('not-among-sources', { agents: names });
  },
});
