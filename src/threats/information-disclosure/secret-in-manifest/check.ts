import { child } from '../../../kubernetes/field-path.ts';
import { asObject, asString } from '../../../kubernetes/json.ts';
import { defineCheck, fail, notApplicable, pass } from '../../define-check.ts';

/** Keys that hold public material even in a Secret. */
const PUBLIC =
  /(?:^|[._-])(?:ca|ca-bundle|cert|crt|chain|pub|public|username|user|host|port|url|type|project|name|config\.json\.enabled)$/i;

/** Text that stands where a value is filled in later; as written, or the base64 of it is empty. */
const TO_BE_FILLED_IN = /^\s*$|\$\{|\$\(|\{\{|^<.*>$|^(?:changeme|replace|placeholder|redacted|\*+|x+)/i;

export default defineCheck({
  id: 'secret-in-manifest',
  threat: 'information-disclosure',
  severity: 'medium',
  confidence: 'medium',
  subject: 'secret',
  frameworks: { cis: ['5.4.2'], nsa: ['Kubernetes Pod security'], mitre: ['T1552.001'], owasp: ['K08'] },
  equivalents: {},
  messages: { plain: ['keys'] },
  fix: 'none',
  sensitive: true,
  evaluate(secret, cluster) {
    // In a live cluster a Secret with data is what a Secret is for.
    if (cluster.isComplete) return notApplicable;
    const { object } = secret;
    const keys: string[] = [];
    let at: string | undefined;
    for (const field of ['stringData', 'data'] as const) {
      for (const [key, value] of Object.entries(asObject(object.raw[field]) ?? {})) {
        if (PUBLIC.test(key) || TO_BE_FILLED_IN.test(asString(value) ?? '')) continue;
        keys.push(key);
        at ??= child(field, key);
      }
    }
    if (at === undefined) return pass;
    return fail({ at, message: 'plain', params: { keys: keys.join(', ') } });
  },
});
