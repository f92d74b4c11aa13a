import type { PodContainer, PodDirectory } from '../containers/directory.ts';

const POD = /(?:^|[\s{])pod="([a-z0-9-]{1,63})\/([a-z0-9.-]{1,253})"/;
const UID = /(?:^|\s)podUID="([0-9a-f-]{32,36})"/;
const CONTAINER = /(?:^|\s)containerName="([a-z0-9-]{1,63})"/;
const JSON_POD = /"pod":\{"name":"([a-z0-9.-]{1,253})","namespace":"([a-z0-9-]{1,63})"\}/;
/** `&PodSandboxMetadata{Name:web-1,Uid:…,Namespace:shop,Attempt:0,}` of the CRI's messages as containerd prints them. */
const SANDBOX =
  /PodSandboxMetadata\{Name:([a-z0-9.-]{1,253}),Uid:([0-9a-f-]{1,64}),Namespace:([a-z0-9-]{1,63}),/;
const CONTAINER_METADATA = /ContainerMetadata\{Name:([a-z0-9-]{1,63}),Attempt:/;
const CONTAINER_ID = /(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g;

/** Of which pod a line of a kubelet or runtime speaks, by klog's structured fields, the CRI's messages, or an id that is known. */
export function mentionedPod(message: string, pods: PodDirectory | undefined): PodContainer | undefined {
  const short = message.length > 8192 ? message.slice(0, 8192) : message;
  const sandbox = SANDBOX.exec(short);
  if (sandbox !== null) {
    const container = CONTAINER_METADATA.exec(short)?.[1] ?? '';
    return { namespace: sandbox[3]!, pod: sandbox[1]!, podUid: sandbox[2]!, container };
  }
  // Values are quoted with escapes: only fields of the line itself have plain quotes.
  const told = short.startsWith('"') ? POD.exec(short) : null;
  if (told !== null) {
    return {
      namespace: told[1]!,
      pod: told[2]!,
      podUid: UID.exec(short)?.[1] ?? '',
      container: CONTAINER.exec(short)?.[1] ?? '',
    };
  }
  const json = short.startsWith('{') ? JSON_POD.exec(short) : null;
  if (json !== null) return { namespace: json[2]!, pod: json[1]!, podUid: '', container: '' };
  for (const [id] of short.matchAll(CONTAINER_ID)) {
    const known = pods?.container(id);
    if (known !== undefined) return known;
  }
  return undefined;
}

export function placeFields(place: PodContainer | undefined) {
  const { namespace, pod, podUid, container } = place ?? {
    namespace: '',
    pod: '',
    podUid: '',
    container: '',
  };
  return { namespace, pod, uid: podUid, container };
}
