import { asString, isObject } from '../../../kubernetes/json.ts';
import type { Control, Forbidden } from '../control.ts';
import { eachObject, type Pod } from '../pod.ts';
import { joinQuote, pluralize } from '../wording.ts';

/** HostPath volumes are forbidden: check_hostPathVolumes.go. */
export const hostPathVolumes: Control = {
  id: 'hostPathVolumes',
  level: 'baseline',
  versions: [{ minimumVersion: 'v1.0', judge }],
};

function judge(pod: Pod): Forbidden | undefined {
  const bad: string[] = [];
  const paths: string[] = [];
  eachObject(pod.spec['volumes'], (volume, index) => {
    if (!isObject(volume['hostPath'])) return;
    bad.push(asString(volume['name']) ?? '');
    paths.push(`spec.volumes[${index}].hostPath`);
  });
  if (bad.length === 0) return undefined;
  return {
    reason: 'hostPath volumes',
    detail: `${pluralize('volume', 'volumes', bad.length)} ${joinQuote(bad)}`,
    paths,
  };
}
