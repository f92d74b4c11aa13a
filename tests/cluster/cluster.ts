import { describe, inject } from 'vitest';
import type { Component } from '../../testbed/components.ts';
import { attach, type ControlPlane } from '../../testbed/control-plane.ts';

const state = inject('controlPlane');
const shared = state === undefined ? undefined : attach(state);

/** The control plane that all files of tests/cluster share; call it inside of `describeWithCluster`. */
export function cluster(): ControlPlane {
  if (shared === undefined) throw new Error('there is no control plane; see describeWithCluster');
  return shared;
}

/** True where the shared control plane has all of these components. */
export function hasComponents(...components: readonly Component[]): boolean {
  return state !== undefined && components.every((component) => state.pids[component] !== undefined);
}

/** `describe`, skipped where no control plane could be started, or one without these components. */
export function describeWithCluster(
  name: string,
  body: () => void,
  components: readonly Component[] = ['kcm', 'scheduler', 'kwok'],
): void {
  describe.skipIf(!hasComponents(...components))(name, body);
}

let made = 0;

/**
 * A namespace of its own for a test, ready for pods: the shared control plane holds what other files made too.
 *
 * @returns its name
 */
export async function freshNamespace(labels: Readonly<Record<string, string>> = {}): Promise<string> {
  const { expect, request } = cluster();
  const name = `test-${process.pid}-${Date.now().toString(36)}-${made++}`;
  await expect('POST', '/api/v1/namespaces', { metadata: { name, labels } });
  if (hasComponents('kcm')) {
    const account = `/api/v1/namespaces/${name}/serviceaccounts/default`;
    await eventually(async () => (await request('GET', account)).status === 200);
  }
  return name;
}

/** Waits until `holds` answers something true, and gives it back; throws after `seconds`. */
export async function eventually<T>(holds: () => Promise<T>, seconds = 30): Promise<NonNullable<T>> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const value = await holds();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`not after ${seconds} s: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
