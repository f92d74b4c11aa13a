import type { FunctionTable } from '../declarations.ts';
import { Unknown } from '../value.ts';

const PACKAGE = 'kubernetes.authorization';

/** What every question to the authorizer gives here, where no authorizer answers. */
export const ASKS_AUTHORIZER = new Unknown('asks-authorizer');

/** Signatures only, so that expressions are checked (apiserver pkg/cel/library/authz.go). */
export function addAuthorizer(table: FunctionTable): void {
  const add = (id: string, signature: string) =>
    table.add(id, signature.replaceAll('$', `${PACKAGE}.`), () => ASKS_AUTHORIZER);
  add('authorizer_path', '$Authorizer.path(string): $PathCheck');
  add('authorizer_group', '$Authorizer.group(string): $GroupCheck');
  add('authorizer_serviceaccount', '$Authorizer.serviceAccount(string, string): $Authorizer');
  add('groupcheck_resource', '$GroupCheck.resource(string): $ResourceCheck');
  add('resourcecheck_subresource', '$ResourceCheck.subresource(string): $ResourceCheck');
  add('resourcecheck_namespace', '$ResourceCheck.namespace(string): $ResourceCheck');
  add('resourcecheck_name', '$ResourceCheck.name(string): $ResourceCheck');
  add('pathcheck_check', '$PathCheck.check(string): $Decision');
  add('resourcecheck_check', '$ResourceCheck.check(string): $Decision');
  add('decision_errored', '$Decision.errored(): bool');
  add('decision_error', '$Decision.error(): string');
  add('decision_allowed', '$Decision.allowed(): bool');
  add('decision_reason', '$Decision.reason(): string');
  add('authorizer_fieldselector', '$ResourceCheck.fieldSelector(string): $ResourceCheck');
  add('authorizer_labelselector', '$ResourceCheck.labelSelector(string): $ResourceCheck');
}

/** The types of `authorizer` and `authorizer.requestResource`. */
export const AUTHORIZER_TYPE = `${PACKAGE}.Authorizer`;
export const RESOURCE_CHECK_TYPE = `${PACKAGE}.ResourceCheck`;
