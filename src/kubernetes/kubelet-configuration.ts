import { formatFieldPath } from './field-path.ts';
import { asObject, type Json, type JsonObject } from './json.ts';

/** A setting of a kubelet under the name of its flag. */
export interface KubeletSetting {
  readonly flag: string;
  readonly value: string;
  /** Keys that lead to it; of a setting that is not stated, to where it would stand. */
  readonly keys: readonly string[];
}

/** What the kubelet keeps of a container's log where nothing is stated: as flags and in the file alike (defaults.go). */
export const CONTAINER_LOG_DEFAULTS = { size: '10Mi', files: '5' } as const;

/**
 * Fields with the flag that says the same and with what they are where they are left out. These defaults are those of the
 * configuration file; without a file, the flags have other ones. Source: k8s.io/kubernetes
 * pkg/kubelet/apis/config/v1beta1/defaults.go, cmd/kubelet/app/options/options.go (applyLegacyDefaults).
 */
const FIELDS: readonly (readonly [keys: readonly string[], flag: string, unstated: string | undefined])[] = [
  [['authentication', 'anonymous', 'enabled'], 'anonymous-auth', 'false'],
  [['authorization', 'mode'], 'authorization-mode', 'Webhook'],
  [['readOnlyPort'], 'read-only-port', '0'],
  // What was kept of a running kubelet's configuration by older versions lacks these: undefined is not the default there.
  [['containerLogMaxSize'], 'container-log-max-size', undefined],
  [['containerLogMaxFiles'], 'container-log-max-files', undefined],
];

const KEPT: ReadonlySet<string> = new Set(FIELDS.flatMap(([[field]]) => field ?? []));

/** The settings of a KubeletConfiguration (kubelet.config.k8s.io) that checks ask flags for, defaults filled in but of log rotation. */
export function kubeletSettings(configuration: JsonObject): KubeletSetting[] {
  return FIELDS.flatMap(([keys, flag, unstated]) => {
    let value: Json | undefined = configuration;
    for (const key of keys) value = asObject(value)?.[key];
    const isStated = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    const effective = isStated && value !== '' ? String(value) : unstated;
    return effective === undefined ? [] : [{ flag, value: effective, keys }];
  });
}

/** The configuration without whatever no check asks for: what is left holds no secrets. */
export function relevantKubeletConfiguration(configuration: JsonObject): JsonObject {
  const kept: JsonObject = {};
  for (const field of KEPT) {
    if (configuration[field] !== undefined) kept[field] = configuration[field];
  }
  return kept;
}

/** Field path of a setting of the configuration at `path`. */
export function settingPath(path: readonly (string | number)[], { keys }: KubeletSetting): string {
  return formatFieldPath([...path, ...keys]);
}
