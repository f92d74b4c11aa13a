import { asObject, type JsonObject } from '../../kubernetes/json.ts';
import table from './bootstrap.generated.json' with { type: 'json' };

/**
 * The roles and bindings that an API server of Kubernetes v1.37 creates at start (k8s.io/kubernetes
 * plugin/pkg/auth/authorizer/rbac/bootstrappolicy; testbed/oracle/bootstrap.go). Made again by
 * `cd testbed && echo '{}' | go run ./oracle bootstrap > ../src/engines/authorization/bootstrap.generated.json`;
 * tests/differential/bootstrap.test.ts compares it with upstream.
 */
export const BOOTSTRAP_OBJECTS = table as unknown as readonly JsonObject[];

/** Created by every API server at start, as its label says, whoever wrote the object at hand. */
export function isBootstrap(object: JsonObject): boolean {
  const labels = asObject(asObject(object['metadata'])?.['labels']);
  return labels?.['kubernetes.io/bootstrapping'] === 'rbac-defaults';
}
