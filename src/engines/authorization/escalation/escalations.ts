import type { Grant, Subject } from '../rbac/grant.ts';
import type { Closure } from './closure.ts';
import type { EscalationGraph, HeldEffect } from './graph.ts';
import { TARGETS, type Target } from './power.ts';
import type { Step } from './steps.ts';
import { groupsAround, type Vertex, vertexOf } from './vertex.ts';

/** A way to a target, shortest first. */
export interface EscalationPath {
  readonly target: Target;
  readonly steps: readonly Step[];
  readonly certainty: Step['certainty'];
}

/** What becomes of one subject. */
export interface Escalation {
  readonly subject: Subject;
  /** Bindings give it every right, or it is system:masters. */
  readonly holdsClusterAdmin: boolean;
  /** It holds no more than what every API server gives it at start. */
  readonly isBuiltIn: boolean;
  /** Paths of its own; what a path through cluster-admin adds to that is left out. */
  readonly paths: readonly EscalationPath[];
  /** The grants of its own name by which it holds cluster-admin. */
  readonly adminGrants: readonly Grant[];
}

/** Every subject that holds cluster-admin or can come to a target. */
export function escalations(graph: EscalationGraph, targets: readonly Target[] = TARGETS): Escalation[] {
  const found: Escalation[] = [];
  for (const { at, subject } of graph.subjects()) {
    const escalation = escalationOf(graph, at, subject, targets);
    if (escalation.holdsClusterAdmin || escalation.paths.length > 0) found.push(escalation);
  }
  return found;
}

export function escalationOf(
  graph: EscalationGraph,
  at: number,
  subject: Subject,
  targets: readonly Target[] = TARGETS,
): Escalation {
  const holdsClusterAdmin = graph.holdsClusterAdmin(at);
  return {
    subject,
    holdsClusterAdmin,
    isBuiltIn: graph.isBuiltIn(at),
    paths: holdsClusterAdmin ? [] : targets.flatMap((target) => pathTo(graph, at, target) ?? []),
    adminGrants: graph.adminGrantsOf(at),
  };
}

function pathTo(graph: EscalationGraph, at: number, target: Target): EscalationPath | undefined {
  if (!graph.isReached(at, target)) return undefined;
  const steps = graph.steps(at, target);
  // Whoever has the cluster has its nodes and its secrets.
  if (steps.some(({ way }) => way === 'is-cluster-admin')) return undefined;
  const isPossible = steps.some(({ certainty }) => certainty === 'possible');
  return { target, steps, certainty: isPossible ? 'possible' : 'proven' };
}

/** Whether a path is one of a group's members: it says nothing of the subject itself. */
export function isByMembership({ steps }: EscalationPath): boolean {
  return steps[0]?.way === 'member-of';
}

/** Everything that is to be said of one subject. */
export interface Outlook extends Escalation {
  /** Bindings name it, or it was seen; else it has what its groups have. */
  readonly isKnown: boolean;
  readonly becomes: readonly Vertex[];
  readonly effects: readonly HeldEffect[];
}

export function outlookOf(graph: EscalationGraph, closure: Closure, subject: Subject): Outlook {
  const at = graph.find(subject);
  if (at === undefined) return outlookOfUnseen(graph, closure, subject);
  return {
    ...escalationOf(graph, at, subject),
    isKnown: true,
    becomes: [...closure.of(at)].map((each) => graph.network.vertices[each]!),
    effects: graph.effectsOf(at),
  };
}

/** Authentication puts whoever it knows into groups, whether or not any binding names them. */
function outlookOfUnseen(graph: EscalationGraph, closure: Closure, subject: Subject): Outlook {
  const from = vertexOf(subject);
  const groups = groupsAround(from).flatMap((name) => {
    const group: Subject = { kind: 'Group', namespace: undefined, name };
    const at = graph.find(group);
    return at === undefined ? [] : [{ at, group }];
  });
  const becomes = new Set(groups.flatMap(({ at }) => [at, ...closure.of(at)]));
  return {
    subject,
    isKnown: false,
    holdsClusterAdmin: false,
    isBuiltIn: true,
    paths: TARGETS.flatMap((target) => {
      const [best] = groups
        .flatMap(({ at, group }) => {
          const path = pathTo(graph, at, target);
          return path === undefined ? [] : [asMember(from, vertexOf(group), path)];
        })
        .sort((a, b) => possibleIn(a) - possibleIn(b) || a.steps.length - b.steps.length);
      return best ?? [];
    }),
    adminGrants: [],
    becomes: [...becomes].map((each) => graph.network.vertices[each]!),
    effects: [],
  };
}

function asMember(from: Vertex, to: Vertex, path: EscalationPath): EscalationPath {
  const step: Step = {
    from,
    to,
    way: 'member-of',
    certainty: 'proven',
    because: [],
    through: undefined,
    seen: undefined,
    commands: [],
  };
  return { ...path, steps: [step, ...path.steps] };
}

function possibleIn({ steps }: EscalationPath): number {
  return steps.filter(({ certainty }) => certainty === 'possible').length;
}
