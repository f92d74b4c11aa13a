import { defineCheck, failIfAny, notApplicable } from '../../define-check.ts';

export default defineCheck({
  id: 'shared-user-across-containers',
  threat: 'elevation-of-privilege',
  severity: 'info',
  confidence: 'high',
  subject: 'workload',
  frameworks: { nsa: ['Kubernetes Pod security'], owasp: ['K01'] },
  equivalents: {},
  messages: { shared: ['containers', 'user'] },
  fix: 'none',
  evaluate(workload) {
    if (workload.isWindows) return notApplicable;
    const byUser = new Map<number, typeof workload.containers>();
    for (const container of workload.containers) {
      const user = container.security.runAsUser;
      // Root is run-as-root's concern; init and ephemeral containers do not work beside the others.
      if (!container.isLongRunning || user === undefined || user === 0) continue;
      byUser.set(user, [...(byUser.get(user) ?? []), container]);
    }
    const stated = [...byUser.values()].flat();
    if (stated.length < 2) return notApplicable;
    return failIfAny(
      [...byUser].flatMap(([user, containers]) =>
        containers.length < 2
          ? []
          : [
              {
                at: containers[1]!.security.pathOf('runAsUser'),
                message: 'shared',
                params: { containers: containers.map(({ name }) => name).join(', '), user },
              } as const,
            ],
      ),
    );
  },
});
