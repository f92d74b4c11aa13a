import { asArray, asObject, asString, isObject, type Json } from '../../kubernetes/json.ts';
import { readYaml } from '../../kubernetes/yaml/index.ts';
import { FILE_FLAGS, FOLDER_FLAGS, type Place } from './places.ts';

/** The files that a command line names. @param onNode translates a path as the program sees it into one of the node */
export function filesOfCommand(
  args: readonly string[],
  onNode: (path: string) => string = (path) => path,
): Place[] {
  return args.flatMap((word, index): Place[] => {
    const [, flag = '', given] = /^--?([A-Za-z0-9][\w.-]*)(?:=(.*))?$/s.exec(word) ?? [];
    const path = given ?? args[index + 1] ?? '';
    if (!path.startsWith('/')) return [];
    const place = onNode(path);
    const treatment = FILE_FLAGS.get(flag);
    return [
      ...(treatment === undefined ? [] : [{ path: place, treatment }]),
      ...(FOLDER_FLAGS.has(flag) ? [{ path: `${place}/*`, treatment: 'configuration' as const }] : []),
    ];
  });
}

/** The files that a configuration names: those of a static pod's flags, and those of a kubelet's own settings. */
export function filesOfConfiguration(bytes: Uint8Array): Place[] {
  return [...readYaml(bytes, { maxNodes: 200_000 })].flatMap(({ value }): Place[] => {
    if (!isObject(value)) return [];
    if (value['kind'] === 'KubeletConfiguration') return filesOfKubelet(value);
    if (value['kind'] === 'AdmissionConfiguration') {
      const paths = (asArray(value['plugins']) ?? []).map((plugin) => asString(asObject(plugin)?.['path']));
      return paths.flatMap((path) =>
        path?.startsWith('/') ? [{ path, treatment: 'configuration' as const }] : [],
      );
    }
    return value['kind'] === 'Pod' ? filesOfPod(asObject(value['spec']) ?? {}) : [];
  });
}

function filesOfKubelet(configuration: Record<string, Json | undefined>): Place[] {
  const x509 = asObject(asObject(configuration['authentication'])?.['x509']);
  const named: [Json | undefined, Place['treatment'], string?][] = [
    [configuration['staticPodPath'], 'configuration', '/*'],
    [configuration['staticPodPath'], 'metadata'],
    [x509?.['clientCAFile'], 'certificates'],
    [configuration['tlsCertFile'], 'certificates'],
    [configuration['tlsPrivateKeyFile'], 'metadata'],
  ];
  return named.flatMap(([path, treatment, within = '']) =>
    typeof path === 'string' && path.startsWith('/') ? [{ path: `${path}${within}`, treatment }] : [],
  );
}

/** A program in a container sees the node's files where they are mounted. */
function filesOfPod(spec: Record<string, Json | undefined>): Place[] {
  const hostPaths = new Map<string, string>();
  for (const volume of asArray(spec['volumes']) ?? []) {
    const name = asString(asObject(volume)?.['name']);
    const path = asString(asObject(asObject(volume)?.['hostPath'])?.['path']);
    if (name !== undefined && path !== undefined) hostPaths.set(name, path);
  }
  return (asArray(spec['containers']) ?? []).flatMap((value): Place[] => {
    const container = asObject(value) ?? {};
    const mounts = (asArray(container['volumeMounts']) ?? []).flatMap((mount): [string, string][] => {
      const from = hostPaths.get(asString(asObject(mount)?.['name']) ?? '');
      const to = asString(asObject(mount)?.['mountPath']);
      return from === undefined || to === undefined ? [] : [[to.replace(/\/$/, ''), from.replace(/\/$/, '')]];
    });
    // The deepest mount is the one that counts.
    mounts.sort(([a], [b]) => b.length - a.length);
    const onNode = (path: string) => {
      const mount = mounts.find(([to]) => path === to || path.startsWith(`${to}/`));
      return mount === undefined ? path : mount[1] + path.slice(mount[0].length);
    };
    const words = [...(asArray(container['command']) ?? []), ...(asArray(container['args']) ?? [])];
    return filesOfCommand(
      words.filter((word) => typeof word === 'string'),
      onNode,
    );
  });
}
