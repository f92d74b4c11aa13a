import type { Binding, BindingSubject } from '../../../kubernetes/access.ts';
import { ruleAllows } from '../../../kubernetes/policy-rules.ts';
import { isAnonymous, isBuiltInGroup, isMachine, nameOf } from '../../../kubernetes/role-risk.ts';
import { defaultRules, isAdministratorGroup, isDefaultSubject } from '../../default-access.ts';
import { defineCheck, failIfAny, notApplicable, pass } from '../../define-check.ts';

/** What of a default role is worth telling: verb, API group, resource. */
const POWERS = [
  ['escalate', 'rbac.authorization.k8s.io', 'clusterroles'],
  ['bind', 'rbac.authorization.k8s.io', 'clusterroles'],
  ['impersonate', '', 'serviceaccounts'],
  ['list', '', 'secrets'],
  ['get', '', 'secrets'],
  ['create', '', 'serviceaccounts/token'],
  ['approve', 'certificates.k8s.io', 'signers'],
  ['get', '', 'nodes/proxy'],
  ['create', '', 'pods'],
  ['create', '', 'pods/exec'],
  ['update', 'apps', 'deployments'],
] as const;
/** What these allow is meant for the people of a namespace. */
const FOR_NAMESPACES = new Set(['admin', 'edit']);
const SHOWN = 4;

function powersOf({ roleKind, roleName }: Binding): string[] | undefined {
  if (roleKind !== 'ClusterRole' || roleName === 'cluster-admin') return undefined;
  const rules = defaultRules(roleName);
  return (
    rules &&
    POWERS.filter(([verb, group, resource]) =>
      rules.some((rule) => rule.resourceNames.length === 0 && ruleAllows(rule, verb, group, resource)),
    ).map(([verb, , resource]) => `${verb} ${resource}`)
  );
}

// Who is anybody or everybody is a concern of its own: anonymous-binding, authenticated-group-binding.
function isNews(binding: Binding, subject: BindingSubject): boolean {
  return !(
    isAnonymous(subject) ||
    isBuiltInGroup(subject) ||
    isAdministratorGroup(subject) ||
    isDefaultSubject(binding, subject)
  );
}

export default defineCheck({
  id: 'powerful-default-role-bound',
  threat: 'elevation-of-privilege',
  severity: 'critical',
  confidence: 'high',
  subject: 'binding',
  frameworks: {
    cis: ['5.1.1'],
    nsa: ['Authentication and authorization'],
    mitre: ['T1098.006'],
    owasp: ['K03'],
  },
  equivalents: {},
  messages: {
    cluster: ['subject', 'role', 'powers'],
    namespace: ['subject', 'role', 'namespace', 'powers'],
  },
  fix: 'none',
  evaluate(binding) {
    const powers = powersOf(binding);
    if (powers === undefined) return notApplicable;
    const namespace = binding.object.namespace ?? 'default';
    const isLocal = !binding.isClusterWide && namespace !== 'kube-system';
    if (powers.length === 0 || (isLocal && FOR_NAMESPACES.has(binding.roleName))) return pass;
    return failIfAny(
      binding.subjects
        .filter((subject) => isNews(binding, subject))
        .map((subject) => {
          const severity = isLocal ? 'low' : isMachine(subject) ? 'critical' : 'high';
          const params = {
            subject: nameOf(subject),
            role: binding.roleName,
            powers: powers.slice(0, SHOWN).join(', '),
          };
          return binding.isClusterWide
            ? ({ at: subject.path, message: 'cluster', params, severity } as const)
            : ({
                at: subject.path,
                message: 'namespace',
                params: { ...params, namespace },
                severity,
              } as const);
        }),
    );
  },
});
