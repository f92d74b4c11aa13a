import { type Level, strictestLevel, type Version } from '../engines/pod-security/index.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import { Workload } from '../kubernetes/workload.ts';

export interface PodSecurityAnswer {
  readonly object: { apiVersion: string; kind: string; namespace: string | null; name: string };
  readonly source: { file: string; line: number; document: number };
  readonly version: string;
  readonly level: Level;
  readonly violations: readonly {
    level: 'baseline' | 'restricted';
    control: string;
    reason: string;
    detail: string;
    path: string | null;
  }[];
}

/** The strictest Pod Security Standard that each workload meets, in the order in which they were read. */
export function podSecurityLevels(
  objects: readonly KubernetesObject[],
  version: Version | 'latest',
): PodSecurityAnswer[] {
  return objects.flatMap((object) =>
    Workload.of(object).map((workload) => {
      const { level, violations } = strictestLevel(workload.template, version);
      const { apiVersion, kind, namespace, name, origin } = object;
      return {
        object: { apiVersion, kind, namespace: namespace ?? null, name },
        source: { file: origin.file.path, line: origin.line, document: origin.document },
        version,
        level,
        violations: violations.map(({ level: violated, control, reason, detail, paths }) => ({
          level: violated,
          control,
          reason,
          detail,
          path: paths[0] === undefined ? null : workload.sourcePath(paths[0]),
        })),
      };
    }),
  );
}
