import { asArray, asObject, asObjects, asString, type JsonObject } from '../../../kubernetes/json.ts';
import { compilePattern } from '../../cel/regex.ts';
import { CelError } from '../../cel/value.ts';
import type { Protocol } from '../ports.ts';
import type { Direction } from './policy.ts';
import type { PolicyReader } from './reader.ts';

export interface WrittenPort {
  readonly protocols: readonly Protocol[];
  readonly isZero: boolean;
}

const MISMATCHES = ['', 'LOG', 'ADD', 'DELETE', 'REPLACE', undefined];
const LISTS = ['http', 'kafka', 'dns', 'l7'] as const;

/** What Cilium refuses about the rules of layer 7 of a port (PortRule.sanitize and L7Rules.sanitize in pkg/policy/api/rule_validation.go). */
export function checkLayer7(
  reader: PolicyReader,
  entry: JsonObject,
  ports: readonly WrittenPort[],
  direction: Direction,
  isOfHosts: boolean,
  path: string,
): void {
  const rules = asObject(entry['rules']) ?? {};
  const refuse = (field: string, why: string) => reader.refuse('invalid-port', `${path}.${field}`, why);
  const has = (field: string) => (asArray(rules[field]) ?? []).length > 0;
  const isEmpty = !LISTS.some(has);
  const isIngress = direction === 'ingress';
  if (isIngress && has('dns')) refuse('rules.dns', 'DNS rules are not allowed on ingress');
  const names = asArray(entry['serverNames']) ?? [];
  if (names.length > 0 && !isEmpty && asObject(entry['terminatingTLS']) === undefined) {
    refuse('serverNames', 'ServerNames are not allowed with L7 rules without TLS termination');
  }
  if (names.includes('')) refuse('serverNames', 'empty server name is not allowed');
  if (asObject(entry['listener']) !== undefined) {
    if (isIngress) refuse('listener', 'Listener is not allowed on ingress');
    if (!isEmpty) refuse('listener', 'Listener is not allowed with L7 rules');
  }
  if (isEmpty) return;
  if (isOfHosts && (isIngress || has('http') || has('kafka'))) {
    refuse('rules', `L7 policy is not supported on host ${direction} yet`);
  }
  if (!has('dns') && ports.some(({ protocols }) => protocols.join() !== 'TCP')) {
    refuse('rules', 'L7 rules can only apply to TCP except for DNS rules');
  }
  if (ports.some(({ isZero }) => isZero)) refuse('rules', 'L7 rules can not be used when a port is 0');
  if (asArray(rules['dns']) !== undefined && ports.length === 0) {
    refuse('rules.dns', 'port 53 must be specified for DNS rules');
  }
  const protocol = asString(rules['l7proto']) ?? '';
  if (asArray(rules['l7']) !== undefined && protocol === '') {
    refuse('rules.l7', "'l7' may only be specified when a 'l7proto' is also specified");
  }
  const kinds = ['http', 'kafka', 'dns'].filter((field) => asArray(rules[field]) !== undefined).length;
  if (kinds + (protocol === '' ? 0 : 1) > 1) {
    refuse('rules', 'multiple L7 protocol rule types specified in single rule');
  }
  asObjects(rules['http']).forEach((rule, index) => {
    checkHttp(rule, (field, why) => refuse(`rules.http[${index}].${field}`, why));
  });
  if (asObjects(rules['l7']).some((rule) => Object.keys(rule).includes(''))) {
    refuse('rules.l7', 'Empty key not allowed');
  }
}

/** PortRuleHTTP.Sanitize in pkg/policy/api/http.go. */
function checkHttp(rule: JsonObject, refuse: (field: string, why: string) => void): void {
  for (const field of ['path', 'method']) {
    const pattern = compilePattern(asString(rule[field]) ?? '');
    if (pattern instanceof CelError) refuse(field, pattern.message);
  }
  asObjects(rule['headerMatches']).forEach((match, index) => {
    const at = `headerMatches[${index}]`;
    if (!asString(match['name'])) refuse(`${at}.name`, 'Header name missing');
    if (!MISMATCHES.includes(asString(match['mismatch']))) refuse(`${at}.mismatch`, 'Invalid header action');
  });
}
