import { readFile } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { KubeStrideError } from '../../../kubernetes/errors.ts';
import { isObject } from '../../../kubernetes/json.ts';
import { readYaml } from '../../../kubernetes/yaml/index.ts';
import { decodeKubeconfig, type Kubeconfig, mergeKubeconfigs } from './kubeconfig.ts';
import { KubeconfigFields } from './kubeconfig-fields.ts';
import { oneLine, systemReason } from './words.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface LoadedKubeconfig extends Kubeconfig {
  /** Where it was looked for, in order, whether there is a file or not. */
  readonly looked: readonly string[];
  /** Whether any of the files exists. */
  readonly found: boolean;
}

/**
 * The kubeconfig as kubectl finds it: the file of `--kubeconfig`, else all of `$KUBECONFIG`, else `~/.kube/config`.
 * A missing file is an error only where it was named by `--kubeconfig`.
 * @throws KubeStrideError `kubeconfig-…`
 */
export async function loadKubeconfig(
  named: string | undefined,
  env: Environment,
  cwd: string,
): Promise<LoadedKubeconfig> {
  const looked = places(named, env).map((file) => resolve(cwd, file));
  const configs: Kubeconfig[] = [];
  for (const file of looked) {
    const bytes = await readFile(file).catch((error: unknown) => {
      const reason = systemReason(error);
      if (reason !== 'ENOENT' && reason !== 'ENOTDIR') {
        throw new KubeStrideError('kubeconfig-unreadable', { file, reason });
      }
      if (named) throw new KubeStrideError('kubeconfig-missing', { file });
      return undefined;
    });
    if (bytes !== undefined) configs.push(parseKubeconfig(bytes, file));
  }
  return { ...mergeKubeconfigs(configs), looked, found: configs.length > 0 };
}

function places(named: string | undefined, env: Environment): string[] {
  if (named) return [named];
  const listed = env['KUBECONFIG'] ?? '';
  if (listed !== '') return [...new Set(listed.split(delimiter))].filter((file) => file !== '');
  const home = env['HOME'] || env['USERPROFILE'];
  return home ? [join(home, '.kube', 'config')] : [];
}

function parseKubeconfig(bytes: Uint8Array, file: string): Kubeconfig {
  // client-go reads the first document of the file and ignores what follows.
  const [document] = readYaml(bytes);
  if (document?.error !== undefined) {
    const { line, problem } = document.error;
    throw new KubeStrideError('kubeconfig-not-yaml', { file, line, problem: withoutContent(problem) });
  }
  const value = document?.value ?? {};
  if (!isObject(value))
    throw new KubeStrideError('kubeconfig-not-yaml', { file, line: 1, problem: 'no map' });
  return decodeKubeconfig(new KubeconfigFields(value, '', file), file);
}

/** The parser quotes names and keys that it stumbles over, which in this file may be a piece of a password. */
function withoutContent(problem: string): string {
  return oneLine(problem.replace(/'.*'|".*"/gs, '…').replace(/: .*/s, ''));
}
