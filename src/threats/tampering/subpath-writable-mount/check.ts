import { isConfigVolume } from '../../../kubernetes/config-volumes.ts';
import { defineCheck, failIfAny, notApplicable } from '../../define-check.ts';

export default defineCheck({
  id: 'subpath-writable-mount',
  threat: 'tampering',
  severity: 'low',
  confidence: 'medium',
  subject: 'container',
  frameworks: { nsa: ['Kubernetes Pod security'], owasp: ['K01'] },
  equivalents: {},
  messages: { copy: ['container', 'mountPath', 'volume', 'source'] },
  fix: 'none',
  evaluate(container) {
    const mounts = container.volumeMounts.flatMap((mount) => {
      const volume = container.workload.volume(mount.name);
      return volume !== undefined && isConfigVolume(volume) ? [{ mount, volume }] : [];
    });
    if (mounts.length === 0) return notApplicable;
    return failIfAny(
      mounts
        .filter(({ mount }) => !mount.readOnly && (mount.raw['subPath'] || mount.raw['subPathExpr']))
        .map(({ mount, volume }) => ({
          at: mount.path,
          message: 'copy',
          params: {
            container: container.name,
            mountPath: mount.mountPath,
            volume: volume.name,
            source: volume.source,
          },
        })),
    );
  },
});
