import { asArray, asObject, asObjects, asString, type JsonObject } from './json.ts';
import { type KubernetesObject, stringMap } from './object.ts';
import type { PodTemplate } from './pod-template.ts';
import { podTemplates } from './pod-templates.ts';
import { EffectiveSecurityContext } from './security-context.ts';

/** `sidecar`: an init container with `restartPolicy: Always` (KEP-753). */
export type ContainerType = 'init' | 'sidecar' | 'container' | 'ephemeral';

const NONE: JsonObject = Object.freeze({});
const APPARMOR_ANNOTATION = 'container.apparmor.security.beta.kubernetes.io/';

/** One container of a workload, of whatever type. */
export class Container {
  readonly workload: Workload;
  readonly type: ContainerType;
  readonly name: string;
  /** The container as written. */
  readonly spec: JsonObject;
  /** Field path of the container in the source object. */
  readonly path: string;
  #security: EffectiveSecurityContext | undefined;

  /** @param place how to call a container that has no name, which Knative allows */
  constructor(workload: Workload, type: ContainerType, spec: JsonObject, path: string, place: string) {
    this.workload = workload;
    this.type = type;
    this.name = asString(spec['name']) || place;
    this.spec = spec;
    this.path = path;
  }

  get object(): KubernetesObject {
    return this.workload.object;
  }

  get image(): string {
    return asString(this.spec['image']) ?? '';
  }

  /** Runs as long as the pod does: a regular container or a sidecar. */
  get isLongRunning(): boolean {
    return this.type === 'container' || this.type === 'sidecar';
  }

  /**
   * Who settles what this container leaves open and the sources do not show: an operator, or the StepAction to which a
   * Tekton step refers.
   */
  get completedBy(): string | undefined {
    const { object, template } = this.workload;
    if (object.group !== 'tekton.dev' || this.spec['ref'] === undefined) return template.generatedBy;
    return `StepAction ${asString(asObject(this.spec['ref'])?.['name']) ?? ''}`.trimEnd();
  }

  get security(): EffectiveSecurityContext {
    if (this.#security === undefined) {
      const annotationKey = APPARMOR_ANNOTATION + this.name;
      this.#security = new EffectiveSecurityContext({
        container: asObject(this.spec['securityContext']),
        pod: asObject(this.workload.pod['securityContext']),
        appArmorAnnotation: this.workload.podAnnotations[annotationKey],
        containerPath: this.at('securityContext'),
        podPath: this.workload.at('securityContext'),
        annotationPath: this.workload.metadataAt(`annotations[${JSON.stringify(annotationKey)}]`),
      });
    }
    return this.#security;
  }

  /** Field path in the source object of a field of this container, e.g. `at('resources.limits')`. */
  at(field: string): string {
    return `${this.path}.${field}`;
  }

  /** `requests` or `limits` as written. */
  resources(which: 'requests' | 'limits'): JsonObject {
    return asObject(asObject(this.spec['resources'])?.[which]) ?? NONE;
  }

  get environment(): readonly EnvironmentVariable[] {
    return asObjects(this.spec['env']).map((raw, index) => ({
      raw,
      name: asString(raw['name']) ?? '',
      value: asString(raw['value']),
      valueFrom: asObject(raw['valueFrom']),
      path: this.at(`env[${index}]`),
    }));
  }

  get environmentSources(): readonly Part[] {
    return this.#parts('envFrom');
  }

  get volumeMounts(): readonly VolumeMount[] {
    return asObjects(this.spec['volumeMounts']).map((raw, index) => ({
      raw,
      name: asString(raw['name']) ?? '',
      mountPath: asString(raw['mountPath']) ?? '',
      readOnly: raw['readOnly'] === true,
      path: this.at(`volumeMounts[${index}]`),
    }));
  }

  get ports(): readonly Part[] {
    return this.#parts('ports');
  }

  /** `command` and `args` in the order in which the container runs them, each with its field path. */
  get commandLine(): readonly { readonly text: string; readonly path: string }[] {
    const words: { text: string; path: string }[] = [];
    for (const field of ['command', 'args'] as const) {
      (asArray(this.spec[field]) ?? []).forEach((word, index) => {
        if (typeof word === 'string') words.push({ text: word, path: this.at(`${field}[${index}]`) });
      });
    }
    return words;
  }

  #parts(field: string): readonly Part[] {
    return asObjects(this.spec[field]).map((raw, index) => ({ raw, path: this.at(`${field}[${index}]`) }));
  }
}

/** An entry of a list in an object, with the field path that leads to it. */
export interface Part {
  readonly raw: JsonObject;
  readonly path: string;
}

export interface EnvironmentVariable extends Part {
  readonly name: string;
  readonly value: string | undefined;
  readonly valueFrom: JsonObject | undefined;
}

export interface VolumeMount extends Part {
  readonly name: string;
  readonly mountPath: string;
  readonly readOnly: boolean;
}

export interface Volume extends Part {
  readonly name: string;
  /** Name of the source field (`hostPath`, `secret`, `csi` …); `emptyDir` where none is given, as the API server defaults it. */
  readonly source: string;
  /** The source's own fields. */
  readonly settings: JsonObject;
}

/** A pod with its owner, of whatever kind the owner is; the subject of most checks. */
export class Workload {
  readonly object: KubernetesObject;
  readonly template: PodTemplate;
  /** The pod spec as written. */
  readonly pod: JsonObject;
  readonly containers: readonly Container[];
  readonly podLabels: Readonly<Record<string, string>>;
  readonly podAnnotations: Readonly<Record<string, string>>;
  #volumes: readonly Volume[] | undefined;

  constructor(object: KubernetesObject, template: PodTemplate) {
    this.object = object;
    this.template = template;
    this.pod = template.spec;
    this.podLabels = stringMap(template.metadata['labels']);
    this.podAnnotations = stringMap(template.metadata['annotations']);
    this.containers = this.#readContainers();
  }

  static of(object: KubernetesObject): readonly Workload[] {
    const templates = podTemplates(object);
    return templates.length === 0
      ? NO_WORKLOADS
      : templates.map((template) => new Workload(object, template));
  }

  /** Field path of the pod spec. */
  get path(): string {
    return this.template.specPath;
  }

  get kind(): string {
    return this.object.kind;
  }

  get name(): string {
    return this.object.name;
  }

  /** Namespace in which the pods run: the object's own, else `default` as kubectl does without a context's namespace. */
  get namespace(): string {
    return this.object.namespace ?? 'default';
  }

  /** Name of the service account that the pods run as; `default` where none is named. */
  get serviceAccountName(): string {
    return asString(this.pod['serviceAccountName']) || asString(this.pod['serviceAccount']) || 'default';
  }

  /** Field path in the source object of a field of the pod spec, e.g. `at('securityContext.runAsUser')`. */
  at(field: string): string {
    const moved = this.template.moved;
    if (moved !== undefined) {
      const [, head = field, rest = ''] = /^([^.[]+(?:\[\d+\])?)(.*)$/s.exec(field) ?? [];
      const place = moved.get(head);
      if (place !== undefined) return place + rest;
    }
    return `${this.template.specPath}.${field}`;
  }

  /** Field path in the source object of a field of the pod's metadata. */
  metadataAt(field: string): string {
    return `${this.template.metadataPath}.${field}`;
  }

  /** Translates a path of the pod (`spec.containers[0]…`, `metadata.annotations…`) into one of the source object. */
  sourcePath(podPath: string): string {
    if (podPath === 'spec') return this.path;
    if (podPath.startsWith('spec.')) return this.at(podPath.slice('spec.'.length));
    if (podPath.startsWith('metadata.')) return this.metadataAt(podPath.slice('metadata.'.length));
    return podPath;
  }

  /**
   * Runs on Windows nodes only: `os.name`, or the node selector that stood for it before and still does the placing. (Pod
   * Security looks at `os.name` alone, and so does its engine.)
   */
  get isWindows(): boolean {
    if (asString(asObject(this.pod['os'])?.['name']) === 'windows') return true;
    const selector = asObject(this.pod['nodeSelector']);
    return selector?.['kubernetes.io/os'] === 'windows' || selector?.['beta.kubernetes.io/os'] === 'windows';
  }

  /** Runs until it is done rather than for ever. */
  get runsToCompletion(): boolean {
    return RUN_TO_COMPLETION.has(this.kind) || this.object.group === 'tekton.dev';
  }

  /** Desired pods where the owner states a number (default 1); undefined for owners that have none. */
  get replicas(): number | undefined {
    if (!REPLICATED.has(this.kind)) return undefined;
    const replicas = this.object.spec['replicas'];
    return typeof replicas === 'number' ? replicas : 1;
  }

  get volumes(): readonly Volume[] {
    this.#volumes ??= asObjects(this.pod['volumes']).map((raw, index) => {
      const source =
        Object.keys(raw).find((key) => key !== 'name' && asObject(raw[key]) !== undefined) ?? 'emptyDir';
      return {
        raw,
        name: asString(raw['name']) ?? '',
        source,
        settings: asObject(raw[source]) ?? NONE,
        path: this.at(`volumes[${index}]`),
      };
    });
    return this.#volumes;
  }

  volume(name: string): Volume | undefined {
    return this.volumes.find((volume) => volume.name === name);
  }

  #readContainers(): Container[] {
    const containers: Container[] = [];
    const read = (field: string, type: (spec: JsonObject) => ContainerType) => {
      asObjects(this.pod[field]).forEach((spec, index) => {
        const place = `${field}[${index}]`;
        containers.push(new Container(this, type(spec), spec, this.at(place), place));
      });
    };
    read('initContainers', (spec) => (spec['restartPolicy'] === 'Always' ? 'sidecar' : 'init'));
    read('containers', () => 'container');
    read('ephemeralContainers', () => 'ephemeral');
    return containers;
  }
}

const NO_WORKLOADS: readonly Workload[] = Object.freeze([]);
const RUN_TO_COMPLETION = new Set([
  'Job',
  'CronJob',
  'Workflow',
  'WorkflowTemplate',
  'ClusterWorkflowTemplate',
  'CronWorkflow',
]);
const REPLICATED = new Set([
  'Deployment',
  'ReplicaSet',
  'ReplicationController',
  'StatefulSet',
  'Rollout',
  'DeploymentConfig',
]);

/** The entries of a list that are objects; others stay as empty objects so that indexes hold. */
