import type { CliWords } from '../locales/cli.en.ts';
import { UsageError } from './usage-error.ts';

/** Flags of every command that looks at a cluster, beside the paths that it takes. */
export interface SourceFlags {
  readonly cluster: boolean;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: string;
  readonly secrets: boolean;
  readonly kubeletConfig: boolean;
  readonly verifyKey?: string;
}

/** How a cluster is reached, and how much of it is asked for. */
export function clusterFlags(words: CliWords) {
  return {
    cluster: { kind: 'boolean', default: false, withNegated: false, brief: words.flag.cluster },
    kubeconfig: textFlag(words.flag.kubeconfig, 'FILE'),
    context: textFlag(words.flag.context, 'NAME'),
    namespace: namespaceFlag(words.flag.namespace),
    secrets: { kind: 'boolean', default: false, withNegated: false, brief: words.flag.secrets },
    kubeletConfig: { kind: 'boolean', default: false, withNegated: false, brief: words.flag.kubeletConfig },
  } as const;
}

export function sourceFlags(words: CliWords) {
  return { ...clusterFlags(words), verifyKey: textFlag(words.flag.verifyKey, 'FILE') } as const;
}

/** Refuses flags that are without effect where no cluster is read. */
export function refuseClusterFlags(flags: Omit<SourceFlags, 'verifyKey'>): void {
  const given = {
    '--kubeconfig': flags.kubeconfig,
    '--context': flags.context,
    '--namespace': flags.namespace,
    '--secrets': flags.secrets || undefined,
    '--kubelet-config': flags.kubeletConfig || undefined,
  };
  const flag = Object.entries(given).find(([, value]) => value !== undefined)?.[0];
  if (flag !== undefined)
    throw new UsageError((words) => words.usage.flagNeeds({ flag, needed: '--cluster' }));
}

/** A label of RFC 1123, as the API server asks of the names of namespaces. */
const NAMESPACE = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** The one namespace to look at. */
export function namespaceFlag(brief: string) {
  return { kind: 'parsed', parse: namespace, brief, placeholder: 'NAMESPACE', optional: true } as const;
}

function namespace(input: string): string {
  if (NAMESPACE.test(input)) return input;
  throw new UsageError((words) => words.usage.notANamespace({ flag: '--namespace', value: input }));
}

export function textFlag(brief: string, placeholder: string) {
  return { kind: 'parsed', parse: (input: string) => input, brief, placeholder, optional: true } as const;
}
