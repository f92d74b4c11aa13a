import { Cluster } from '../../../kubernetes/cluster.ts';
import type { JsonObject } from '../../../kubernetes/json.ts';
import { KubernetesObject, type Origin } from '../../../kubernetes/object.ts';
import { RbacWorld } from '../rbac/world.ts';
import { EscalationGraph } from './graph.ts';

export interface EscalationOptions {
  /** The objects are all that a cluster has; else others may be applied from elsewhere. */
  readonly isComplete?: boolean;
  /** Adds the roles and bindings that every API server creates; as it is by default where the objects are not complete. */
  readonly bootstrap?: boolean;
  /** Kinds that could not be listed, so that the absence of an object says nothing. */
  readonly unseen?: ReadonlySet<string>;
}

/** The graph of objects as an API server answers them: roles and bindings, and what they act on. */
export function escalationGraphOf(
  objects: readonly JsonObject[],
  { isComplete = false, bootstrap = !isComplete, unseen = new Set() }: EscalationOptions = {},
): EscalationGraph {
  const cluster = new Cluster(
    objects.map((raw) => new KubernetesObject(raw, NOWHERE)),
    { isComplete },
  );
  return new EscalationGraph({ world: RbacWorld.of(objects, { bootstrap }), cluster, unseen });
}

const NOWHERE: Origin = {
  file: { path: '' },
  document: 0,
  start: 0,
  end: 0,
  line: 1,
  column: 1,
  format: 'json',
  within: '',
};
