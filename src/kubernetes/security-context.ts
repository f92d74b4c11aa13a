import { asArray, asBoolean, asNumber, asObject, asString, type Json, type JsonObject } from './json.ts';

export interface SeccompProfile {
  readonly type: string;
  readonly localhostProfile?: string;
}

export interface AppArmorProfile {
  readonly type: string;
  readonly localhostProfile?: string;
}

/** Fields that a pod's security context gives to its containers unless they state their own. */
const INHERITED = new Set([
  'seLinuxOptions',
  'windowsOptions',
  'runAsUser',
  'runAsGroup',
  'runAsNonRoot',
  'seccompProfile',
  'appArmorProfile',
]);

/**
 * A container's security context after the pod's has been merged in, as the kubelet does it
 * (k8s.io/kubernetes pkg/securitycontext, DetermineEffectiveSecurityContext).
 */
export class EffectiveSecurityContext {
  readonly #container: JsonObject | undefined;
  readonly #pod: JsonObject | undefined;
  readonly #appArmorAnnotation: string | undefined;
  readonly #containerPath: string;
  readonly #podPath: string;
  readonly #annotationPath: string;

  constructor(facts: {
    container: JsonObject | undefined;
    pod: JsonObject | undefined;
    appArmorAnnotation: string | undefined;
    containerPath: string;
    podPath: string;
    annotationPath: string;
  }) {
    this.#container = facts.container;
    this.#pod = facts.pod;
    this.#appArmorAnnotation = facts.appArmorAnnotation;
    this.#containerPath = facts.containerPath;
    this.#podPath = facts.podPath;
    this.#annotationPath = facts.annotationPath;
  }

  #field(name: string): Json | undefined {
    const own = this.#container?.[name];
    if (own !== undefined && own !== null) return own;
    return INHERITED.has(name) ? (this.#pod?.[name] ?? undefined) : undefined;
  }

  /**
   * Field path of what decides `name`: the container's field, else the pod's, else where the container would state it.
   */
  pathOf(name: string): string {
    const top = name.split('.', 1)[0] ?? name;
    if (this.#container?.[top] === undefined && INHERITED.has(top) && this.#pod?.[top] !== undefined) {
      return `${this.#podPath}.${name}`;
    }
    if (
      top === 'appArmorProfile' &&
      this.#field(top) === undefined &&
      this.#appArmorAnnotation !== undefined
    ) {
      return this.#annotationPath;
    }
    return `${this.#containerPath}.${name}`;
  }

  get privileged(): boolean {
    return this.#field('privileged') === true;
  }

  /** As stated; undefined where neither true nor false is. */
  get allowPrivilegeEscalation(): boolean | undefined {
    return asBoolean(this.#field('allowPrivilegeEscalation'));
  }

  get readOnlyRootFilesystem(): boolean {
    return this.#field('readOnlyRootFilesystem') === true;
  }

  get runAsUser(): number | undefined {
    return asNumber(this.#field('runAsUser'));
  }

  get runAsGroup(): number | undefined {
    return asNumber(this.#field('runAsGroup'));
  }

  get runAsNonRoot(): boolean | undefined {
    return asBoolean(this.#field('runAsNonRoot'));
  }

  get addedCapabilities(): readonly string[] {
    return strings(asObject(this.#field('capabilities'))?.['add']);
  }

  get droppedCapabilities(): readonly string[] {
    return strings(asObject(this.#field('capabilities'))?.['drop']);
  }

  get seccompProfile(): SeccompProfile | undefined {
    return profile(this.#field('seccompProfile'));
  }

  /** The field, or else the annotation that stood for it before Kubernetes 1.30. */
  get appArmorProfile(): AppArmorProfile | undefined {
    const field = profile(this.#field('appArmorProfile'));
    if (field !== undefined || this.#appArmorAnnotation === undefined) return field;
    const annotation = this.#appArmorAnnotation;
    if (annotation === 'runtime/default') return { type: 'RuntimeDefault' };
    if (annotation === 'unconfined') return { type: 'Unconfined' };
    if (annotation.startsWith('localhost/')) {
      return { type: 'Localhost', localhostProfile: annotation.slice('localhost/'.length) };
    }
    return undefined;
  }

  get seLinuxOptions(): JsonObject | undefined {
    return asObject(this.#field('seLinuxOptions'));
  }

  get procMount(): string {
    return asString(this.#field('procMount')) ?? 'Default';
  }

  /** The fields of the container's windowsOptions over those of the pod's. */
  get windowsOptions(): JsonObject | undefined {
    const pod = asObject(this.#pod?.['windowsOptions']);
    const own = asObject(this.#container?.['windowsOptions']);
    return pod === undefined || own === undefined ? (own ?? pod) : { ...pod, ...own };
  }

  get hostProcess(): boolean {
    return this.windowsOptions?.['hostProcess'] === true;
  }
}

function strings(value: Json | undefined): readonly string[] {
  return (asArray(value) ?? []).filter((item) => typeof item === 'string');
}

function profile(value: Json | undefined): SeccompProfile | undefined {
  const object = asObject(value);
  const type = asString(object?.['type']);
  if (type === undefined) return undefined;
  const localhostProfile = asString(object?.['localhostProfile']);
  return localhostProfile === undefined ? { type } : { type, localhostProfile };
}
