import type { Json } from '../json.ts';

/**
 * One step of a path that stays true where lists are reordered: items of a list are named by the keys by which Kubernetes
 * tells them apart, as in managed fields (PathElement of sigs.k8s.io/structured-merge-diff).
 */
export type Step =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'item'; readonly keys: readonly (readonly [key: string, value: Json])[] }
  /** An item of a set. */
  | { readonly kind: 'member'; readonly value: Json }
  | { readonly kind: 'index'; readonly index: number };

const plainKey = /^[A-Za-z0-9_/-]+$/;

/** `spec.containers[name="web"].ports[containerPort=80,protocol="TCP"]`, `metadata.finalizers[="a/b"]`, `spec.args[2]`. */
export function formatSteps(steps: readonly Step[]): string {
  let path = '';
  for (const step of steps) {
    if (step.kind !== 'field') path += `[${bracket(step)}]`;
    else if (!plainKey.test(step.name)) path += `[${JSON.stringify(step.name)}]`;
    else path += path === '' ? step.name : `.${step.name}`;
  }
  return path;
}

function bracket(step: Exclude<Step, { kind: 'field' }>): string {
  switch (step.kind) {
    case 'item':
      return step.keys.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(',');
    case 'member':
      return `=${JSON.stringify(step.value)}`;
    case 'index':
      return String(step.index);
  }
}
