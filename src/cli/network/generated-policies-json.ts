import {
  type Flow,
  type Generation,
  type Ground,
  type LeftOut,
  type Party,
  type Proof,
  policyObject,
  type WorkloadGroup,
} from '../../engines/network/index.ts';
import type { Place, Places } from '../places.ts';
import type { ReadFlows } from './flow-files.ts';
import { policyName } from './problems.ts';

export interface GeneratedReport {
  readonly generation: Generation;
  readonly proof: Proof;
  readonly flows: ReadFlows | undefined;
  readonly places: Places;
}

/** Everything that was made, what stands behind it, and what the engine says of it. */
export function generatedPoliciesJson({ generation, proof, flows, places }: GeneratedReport): object {
  const at = (source: Ground['source']): Place | undefined =>
    source === undefined ? undefined : places.at(source.raw, source.path);
  const because = ({ reason, text, source, remark, seen }: Ground) => ({
    reason,
    text,
    source: at(source),
    remark,
    seen: seen && { ...seen, first: isoTime(seen.first), last: isoTime(seen.last) },
  });
  const leftOut = ({ reason, text, group, source }: LeftOut) => ({
    reason,
    text,
    workload: group && workload(group),
    source: at(source),
  });
  const flow = ({ from, to, ports, because: why }: Flow) => ({
    from: party(from),
    to: party(to),
    ports,
    because: because(why),
  });
  return {
    schema: 'kubestride.network-policies/v1',
    policies: generation.policies.map((policy) => policyObject(policy)),
    replaced: generation.replaced.map(({ raw }) => ({
      policy: policyName(raw),
      source: places.at(raw, 'metadata.name'),
    })),
    evidence: generation.flows.map(flow),
    leftOut: generation.leftOut.map(leftOut),
    outOfReach: generation.outOfReach.map(workload),
    ...(flows === undefined
      ? {}
      : {
          flows: {
            files: flows.files,
            lines: flows.log.lines,
            dropped: flows.log.dropped,
            replies: flows.log.replies + flows.log.inferredReplies,
            irrelevant: flows.log.irrelevant,
            unknown: flows.unknown,
            beyond: flows.log.beyond,
          },
        }),
    proof: {
      kept: proof.kept,
      lost: proof.lost.map(flow),
      unknown: proof.unknown.map(flow),
      excess: proof.excess.map(({ from, to, ports }) => ({
        from: from === 'outside' ? from : workload(from),
        to: to === 'outside' ? to : workload(to),
        ports: ports.ranges,
      })),
      stopped: proof.stopped,
      narrowed: proof.narrowed,
    },
  };
}

function workload({ namespace, kind, name }: WorkloadGroup) {
  return { namespace, kind, name };
}

function party(end: Party) {
  switch (end.kind) {
    case 'workload':
      return workload(end.group);
    case 'pods':
      return { namespace: end.namespace, labels: end.labels };
    case 'blocks':
      return { blocks: end.blocks };
    case 'anywhere':
      return 'anywhere';
  }
}

function isoTime(time: number | undefined): string | undefined {
  return time === undefined ? undefined : new Date(time).toISOString();
}
