import type { TestProject } from 'vitest/node';
import { canStartControlPlane } from '../../testbed/build.ts';
import { type ControlPlaneState, startControlPlane } from '../../testbed/control-plane.ts';

declare module 'vitest' {
  interface ProvidedContext {
    controlPlane: ControlPlaneState | undefined;
  }
}

/** Starts the control plane that all files of tests/cluster share, and ends it after the last of them. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (!canStartControlPlane()) {
    process.stderr.write(
      '\nSKIPPED: tests/cluster need Go on PATH, or KUBEBUILDER_ASSETS with etcd and kube-apiserver; nothing was tested against a real control plane.\n\n',
    );
    project.provide('controlPlane', undefined);
    return undefined;
  }
  const { stop, ...controlPlane } = await startControlPlane();
  for (const reason of controlPlane.leftOut) {
    process.stderr.write(`\nSKIPPED in part: no ${reason}; tests that need it are not run.\n\n`);
  }
  const { request, expect, kubeconfigFor, serviceAccountToken, issue, health, ...state } = controlPlane;
  project.provide('controlPlane', state);
  return () => stop();
}
