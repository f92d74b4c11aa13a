/** Words of `kubestride access`. */
export const access = {
  brief: {
    can: 'Say whether a subject may do something, and by which binding, role and rule',
  },
  full: {
    can: [
      'kubestride access can SUBJECT VERB RESOURCE [PATH…] answers yes or no as the API server would, from the roles and bindings of',
      'the sources and those that every API server creates. With --namespace the question is asked in that namespace, without it',
      'for all namespaces and the cluster as a whole.',
      '',
      'Exit code: 0 yes; 1 no; 2 not to be decided, because a webhook decides it or not everything was read; 3 wrong usage or',
      'internal error.',
    ].join('\n'),
  },
  argument: {
    subject: 'alice or User:alice, Group:devs, ServiceAccount:NAMESPACE/NAME or sa:NAMESPACE/NAME',
    verb: 'get, list, watch, create, update, patch, delete, deletecollection, or * for all',
    resource: 'pods, deploy.apps, pods/log (a subresource), pods/web (an object), or a path such as /healthz',
  },
};
