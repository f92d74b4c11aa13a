import { defineCheck, fail, notApplicable, pass } from '../../define-check.ts';

const HOST_NAMESPACES = ['hostNetwork', 'hostPID', 'hostIPC'];

export default defineCheck({
  id: 'host-users',
  threat: 'elevation-of-privilege',
  severity: 'info',
  confidence: 'medium',
  subject: 'workload',
  frameworks: { nsa: ['Kubernetes Pod security'], mitre: ['T1611'], owasp: ['K01'] },
  equivalents: {},
  messages: { root: ['container'], capabilities: ['container'] },
  fix: 'none',
  evaluate(workload) {
    // The API server refuses hostUsers: false together with the node's own namespaces.
    if (workload.isWindows || HOST_NAMESPACES.some((field) => workload.pod[field] === true))
      return notApplicable;
    // What a privileged container is meant to do to the node, it cannot do from a user namespace.
    if (workload.containers.some(({ security }) => security.privileged)) return notApplicable;
    const at = workload.at('hostUsers');
    const root = workload.containers.find(({ security }) => security.runAsUser === 0);
    const capable = workload.containers.find(({ security }) =>
      security.addedCapabilities.some((capability) => capability !== 'NET_BIND_SERVICE'),
    );
    const gains = root ?? capable;
    if (gains === undefined) return notApplicable;
    if (workload.pod['hostUsers'] === false) return pass;
    return fail({
      at,
      message: root === undefined ? 'capabilities' : 'root',
      params: { container: gains.name },
    });
  },
});
