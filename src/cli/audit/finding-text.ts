import type { AuditFinding } from '../../engines/audit-policy/index.ts';
import type { CliWords } from '../../locales/cli.en.ts';

/** One line about a finding; the place stands before it. */
export function findingText({ audit }: CliWords, finding: AuditFinding): string {
  switch (finding.kind) {
    case 'unreachable':
      return audit.finding.unreachable({ before: finding.before.map((rule) => `rules[${rule}]`).join(', ') });
    case 'matches-nothing':
      return audit.finding.matchesNothing({ value: finding.value });
    case 'no-outcome':
      return audit.finding.noOutcome({ stages: finding.stages.join(', ') });
    case 'received-too':
      return audit.finding.receivedToo;
    case 'leak': {
      const { verbs, level } = finding;
      return audit.finding.leak({ verbs: verbs.join(', '), resource: nameOf(finding), level });
    }
    case 'gap': {
      const { need, actors, verbs, level, needed } = finding;
      return audit.finding.gap({
        need: audit.need[need],
        actors: actors.map((actor) => audit.actor[actor]),
        verbs: verbs.join(', '),
        resource: nameOf(finding),
        level,
        needed,
      });
    }
  }
}

/** `pods/exec`, `roles.rbac.authorization.k8s.io`. */
function nameOf({ group, resource }: { readonly group: string; readonly resource: string }): string {
  return group === '' ? resource : `${resource}.${group}`;
}
