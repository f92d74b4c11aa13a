import type { NodeFactsSpec } from '../../kubernetes/node-facts.ts';
import { SYSCTLS } from './places.ts';
import { isRefusal, type Root } from './root.ts';

const MAX_BYTES = 64 << 10;

/** What the node says about itself outside of Kubernetes. */
export function describeHost(root: Root): Pick<NodeFactsSpec, 'os' | 'kernel' | 'sysctls'> {
  const release = line(root, '/proc/sys/kernel/osrelease');
  const sysctls = SYSCTLS.flatMap((name) => {
    const value = line(root, `/proc/sys/${name.replaceAll('.', '/')}`);
    return value === undefined ? [] : [[name, value]];
  });
  return {
    os: osRelease(root),
    kernel: release === undefined ? {} : { release },
    sysctls: Object.fromEntries(sysctls),
  };
}

/** The name that the node has by itself; the kubelet's may differ. */
export function hostname(root: Root): string | undefined {
  return line(root, '/etc/hostname') || line(root, '/proc/sys/kernel/hostname') || undefined;
}

/** os-release(5). */
function osRelease(root: Root): Record<string, string> {
  for (const path of ['/etc/os-release', '/usr/lib/os-release']) {
    const bytes = root.read(path, MAX_BYTES);
    if (isRefusal(bytes)) continue;
    const fields = [...bytes.toString('utf8').matchAll(/^([A-Z][A-Z0-9_]*)=(.*)$/gm)];
    return Object.fromEntries(fields.map(([, name = '', value = '']) => [name, unquoted(value.trim())]));
  }
  return {};
}

function unquoted(value: string): string {
  const [, , inner] = /^(["'])(.*)\1$/s.exec(value) ?? [];
  return (inner ?? value).replace(/\\(["'$`\\])/g, '$1');
}

function line(root: Root, path: string): string | undefined {
  const bytes = root.read(path, MAX_BYTES);
  return isRefusal(bytes) ? undefined : bytes.toString('utf8').trim();
}
