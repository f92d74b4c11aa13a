import type { Command } from '../power.ts';

/** The file of a token in a pod. */
export const TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token';
export const SHELL_OF_NODE = 'nsenter -t 1 -m -u -i -n sh';

/**
 * A pod with a command in it. The container of the given spec is named like the pod, so that it is merged with the one of kubectl; a
 * merge patch, which is the default, would replace the list and with it the command.
 */
export function podWith(spec: string, command: string): Command {
  return `kubectl -n $NAMESPACE run probe -it --restart=Never --image=<image> --override-type=strategic --overrides='{"spec":${spec}}' --command -- ${command}`;
}

export const ACCOUNT_POD = podWith('{"serviceAccountName":"$ACCOUNT"}', `cat ${TOKEN}`);
export const NODE_POD = podWith(
  '{"nodeName":"$NODE","hostPID":true,"containers":[{"name":"probe","securityContext":{"privileged":true}}]}',
  SHELL_OF_NODE,
);
export const VOLUME_POD = podWith(
  '{"nodeName":"$NODE","volumes":[{"name":"host","persistentVolumeClaim":{"claimName":"<claim>"}}],"containers":[{"name":"probe","volumeMounts":[{"name":"host","mountPath":"/host"}]}]}',
  'chroot /host sh',
);
