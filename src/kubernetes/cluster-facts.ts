import { type Distribution, type NodeTraces, recogniseDistribution } from './distribution.ts';
import { asArray, asNumber, asObject, asString, type Json, type JsonObject } from './json.ts';
import { type KubernetesVersion, parseKubernetesVersion } from './kubernetes-version.ts';
import { EVIDENCE_API_VERSION, type KubernetesObject, stringMap } from './object.ts';

/** What came of a request without credentials. */
export interface AnonymousProbe {
  readonly path: string;
  /** HTTP status; undefined where no answer came. */
  readonly status: number | undefined;
  /** Field path in the facts. */
  readonly at: string;
}

/** A node as it describes itself. */
export interface NodeFact extends NodeTraces {
  /** As the kubelet states it, such as `v1.37.2`; empty where it states none. */
  readonly kubeletVersion: string;
  readonly version: KubernetesVersion | undefined;
  /** `linux` or `windows`. */
  readonly os: string;
  readonly at: string;
}

/** What kubelets are configured with. */
export interface KubeletFact {
  readonly nodes: readonly string[];
  /** A KubeletConfiguration, what no check asks for left out. */
  readonly configuration: JsonObject;
  /** Steps that lead to it in the facts. */
  readonly path: readonly (string | number)[];
}

/** A fact that could not be had. */
export interface UnseenFact {
  /** `version`, `groups`, `nodes`, `flags`, `kubelets`. */
  readonly fact: string;
  readonly reason: string;
  readonly detail: string | undefined;
}

/**
 * What an API server tells about itself and its nodes beside the objects that it keeps: the document `ClusterFacts` that a
 * live cluster's reader writes (src/evidence/cluster/facts.ts) and bundles hold.
 */
export class ClusterFacts {
  readonly object: KubernetesObject;
  readonly path = '';
  readonly #spec: JsonObject;
  #nodes: readonly NodeFact[] | undefined;
  #distribution: Distribution | undefined;

  private constructor(object: KubernetesObject) {
    this.object = object;
    this.#spec = object.spec;
  }

  static of(object: KubernetesObject): ClusterFacts | undefined {
    return object.apiVersion === EVIDENCE_API_VERSION && object.kind === 'ClusterFacts'
      ? new ClusterFacts(object)
      : undefined;
  }

  /** When it was observed; undefined where the document does not say so. */
  get observedAt(): Date | undefined {
    const time = Date.parse(asString(this.#spec['observedAt']) ?? '');
    return Number.isNaN(time) ? undefined : new Date(time);
  }

  /** `gitVersion` of the API server; undefined where it would not tell. */
  get gitVersion(): string | undefined {
    return asString(asObject(this.#spec['version'])?.['gitVersion']);
  }

  get version(): KubernetesVersion | undefined {
    return parseKubernetesVersion(this.gitVersion ?? '');
  }

  /** Answers to requests without credentials, in the order in which they were made. */
  get anonymous(): readonly AnonymousProbe[] {
    return entries(this.#spec['anonymous']).map(([entry, index]) => ({
      path: asString(entry['path']) ?? '',
      status: asNumber(entry['status']),
      at: `spec.anonymous[${index}].status`,
    }));
  }

  /** Undefined where the nodes could not be listed. */
  get nodes(): readonly NodeFact[] | undefined {
    if (this.#spec['nodes'] === undefined) return undefined;
    this.#nodes ??= entries(this.#spec['nodes']).map(([entry, index]) => {
      const kubeletVersion = asString(entry['kubeletVersion']) ?? '';
      return {
        name: asString(entry['name']) ?? '',
        kubeletVersion,
        version: parseKubernetesVersion(kubeletVersion),
        os: asString(entry['os']) ?? '',
        osImage: asString(entry['osImage']) ?? '',
        provider: asString(entry['provider']) ?? '',
        marks: strings(entry['marks']),
        at: `spec.nodes[${index}].kubeletVersion`,
      };
    });
    return this.#nodes;
  }

  get distribution(): Distribution {
    this.#distribution ??= recogniseDistribution({
      version: this.gitVersion,
      groups: strings(this.#spec['groups']),
      nodes: this.nodes ?? [],
    });
    return this.#distribution;
  }

  /** Flags of the API server as its /flagz shows them, those at their zero value too; undefined where it does not. */
  get flags(): Readonly<Record<string, string>> | undefined {
    const flags = this.#spec['flags'];
    return flags === undefined ? undefined : stringMap(flags);
  }

  /** Configurations of kubelets as their /configz shows them, each once for all nodes that have it. */
  get kubelets(): readonly KubeletFact[] {
    return entries(this.#spec['kubelets']).flatMap(([entry, index]) => {
      const configuration = asObject(entry['config']);
      const path = ['spec', 'kubelets', index, 'config'];
      return configuration === undefined ? [] : [{ nodes: strings(entry['nodes']), configuration, path }];
    });
  }

  get unseen(): readonly UnseenFact[] {
    return entries(this.#spec['unseen']).map(([entry]) => ({
      fact: asString(entry['fact']) ?? '',
      reason: asString(entry['reason']) ?? '',
      detail: asString(entry['detail']),
    }));
  }
}

function entries(list: Json | undefined): [JsonObject, number][] {
  return (asArray(list) ?? []).flatMap((entry, index): [JsonObject, number][] => {
    const object = asObject(entry);
    return object === undefined ? [] : [[object, index]];
  });
}

function strings(list: Json | undefined): string[] {
  return (asArray(list) ?? []).filter((entry) => typeof entry === 'string');
}
