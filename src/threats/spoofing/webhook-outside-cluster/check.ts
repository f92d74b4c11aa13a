import { asString } from '../../../kubernetes/json.ts';
import { caBundle } from '../../../kubernetes/webhook-ca.ts';
import { defineCheck, fail, notApplicable, pass } from '../../define-check.ts';

const INSIDE = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\]|[a-z0-9.-]+\.svc(?:\.[a-z0-9.-]+)?)$/i;

/** The host of an https URL without user, port and path. */
function hostOf(url: string): string {
  const authority = /^https?:\/\/([^/?#]*)/i.exec(url.slice(0, 2048))?.[1] ?? url.slice(0, 253);
  return authority.slice(authority.lastIndexOf('@') + 1).replace(/:\d+$/, '');
}

export default defineCheck({
  id: 'webhook-outside-cluster',
  threat: 'spoofing',
  severity: 'low',
  confidence: 'high',
  subject: 'webhook',
  frameworks: { nsa: ['Authentication and authorization'], mitre: ['T1557'], owasp: ['K09'] },
  equivalents: {},
  messages: { 'system-roots': ['name', 'host'], pinned: ['name', 'host'] },
  fix: 'none',
  evaluate(webhook) {
    const url = asString(webhook.clientConfig['url']);
    if (url === undefined) return notApplicable;
    const host = hostOf(url);
    if (INSIDE.test(host)) return pass;
    const at = `${webhook.clientConfigPath}.url`;
    const params = { name: webhook.name, host };
    return caBundle(webhook).state === 'absent'
      ? fail({ at, message: 'system-roots', params })
      : fail({ at, message: 'pinned', params, severity: 'info' });
  },
});
