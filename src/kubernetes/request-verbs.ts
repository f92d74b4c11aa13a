/**
 * What requests for resources can have as their verb, in the order in which people think of them (k8s.io/apiserver
 * pkg/endpoints/request/requestinfo.go); others have their HTTP method in lower case.
 */
export const RESOURCE_VERBS = [
  'get',
  'list',
  'watch',
  'create',
  'update',
  'patch',
  'delete',
  'deletecollection',
] as const;
