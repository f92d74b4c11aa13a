import type { Cluster } from './cluster.ts';
import { type ConfigSource, configObject, configSources } from './config-volumes.ts';
import { asObject, asString } from './json.ts';
import type { KubernetesObject } from './object.ts';
import { filesRun, scriptsOf } from './shell.ts';
import type { Container, VolumeMount } from './workload.ts';

/** A ConfigMap or Secret whose content a container runs as a program. */
export interface ConfigCode {
  readonly source: ConfigSource;
  readonly mount: VolumeMount;
  /** What shows it: the container's command runs a file of it, its files are executable, or it holds scripts. */
  readonly evidence: 'command' | 'mode' | 'script';
  /** The file, the mode in octal, or the key. */
  readonly detail: string;
  /** Whether its content can be changed in place; `unseen` where the object is not among the sources. */
  readonly state: 'mutable' | 'immutable' | 'unseen';
}

const SCRIPT_NAME = /\.(?:sh|bash|ksh|zsh|py|pl|rb|ps1)$/;
const EXECUTE_BITS = 0o111;

/** The ConfigMaps and Secrets that a container mounts and runs, each mount once by its strongest evidence. */
export function configCode(container: Container, cluster: Cluster): ConfigCode[] {
  const found: ConfigCode[] = [];
  let run: readonly string[] | undefined;
  for (const mount of container.volumeMounts) {
    const volume = container.workload.volume(mount.name);
    if (volume === undefined) continue;
    for (const source of configSources(volume)) {
      run ??= runFiles(container);
      const object = configObject(cluster, container.workload, source);
      const evidence = evidenceOf(mount, source, object, run);
      if (evidence === undefined) continue;
      const state =
        object === undefined ? 'unseen' : object.raw['immutable'] === true ? 'immutable' : 'mutable';
      found.push({ source, mount, state, ...evidence });
    }
  }
  return found;
}

function runFiles(container: Container): string[] {
  const directory = asString(container.spec['workingDir']) ?? '/';
  return scriptsOf(container)
    .flatMap(({ pipelines }) => pipelines.flat())
    .flatMap(filesRun)
    .map((file) =>
      (file.startsWith('/') ? file : `${directory}/${file.replace(/^\.\//, '')}`).replace(/\/{2,}/g, '/'),
    );
}

function evidenceOf(
  mount: VolumeMount,
  source: ConfigSource,
  object: KubernetesObject | undefined,
  run: readonly string[],
): Pick<ConfigCode, 'evidence' | 'detail'> | undefined {
  const files = filesOf(mount, source, object);
  const base = mount.mountPath.replace(/\/+$/, '');
  const single = mount.raw['subPath'] !== undefined;
  const file = run.find((path) => (single && path === base) || isIn(path, base, files));
  if (file !== undefined) return { evidence: 'command', detail: file };
  const script = files?.find(({ path, text }) => SCRIPT_NAME.test(path) || text?.startsWith('#!'));
  // Many set executable bits on plain configuration; they tell something only where a script is seen, or nothing is.
  if (object !== undefined && script === undefined) return undefined;
  const mode = (source.items ?? []).map((item) => item.mode).find(isExecutable) ?? source.defaultMode;
  if (isExecutable(mode)) return { evidence: 'mode', detail: `0${mode.toString(8)}` };
  return script === undefined ? undefined : { evidence: 'script', detail: script.path };
}

function isExecutable(mode: number | undefined): mode is number {
  return mode !== undefined && Number.isInteger(mode) && (mode & EXECUTE_BITS) !== 0;
}

interface ConfigFile {
  readonly path: string;
  readonly text: string | undefined;
}

/** The files that the mount shows; undefined where the object that names them is not seen. */
function filesOf(
  mount: VolumeMount,
  source: ConfigSource,
  object: KubernetesObject | undefined,
): ConfigFile[] | undefined {
  const subPath = asString(mount.raw['subPath']);
  const shown = ({ path }: ConfigFile) =>
    subPath === undefined || path === subPath || path.startsWith(`${subPath}/`);
  if (object === undefined) return source.items?.map(({ path }) => ({ path, text: undefined })).filter(shown);
  const data = { ...asObject(object.raw['data']), ...asObject(object.raw['stringData']) };
  const keys = source.items ?? Object.keys(data).map((key) => ({ key, path: key }));
  return keys.map(({ key, path }) => ({ path, text: asString(data[key]) })).filter(shown);
}

/** A file below the mount that the source is known, or not known not, to have. */
function isIn(path: string, base: string, files: readonly ConfigFile[] | undefined): boolean {
  if (!path.startsWith(`${base}/`)) return false;
  return files === undefined || files.some((file) => path === `${base}/${file.path}`);
}
