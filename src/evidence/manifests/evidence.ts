import type { KubernetesObject } from '../../kubernetes/object.ts';

/** Why something that could hold Kubernetes objects was not assessed. */
export type UnreadReason =
  | 'invalid-yaml'
  | 'invalid-json'
  | 'invalid-utf8'
  | 'too-large'
  | 'too-deep'
  /** Go's decoder would refuse the object. */
  | 'refused'
  | 'unreadable-file'
  | 'unreadable-folder'
  /** A symbolic link inside a folder that leads out of it. */
  | 'link-not-followed'
  | 'missing-kind'
  | 'missing-api-version'
  /** A scalar or a sequence among Kubernetes objects. */
  | 'not-an-object'
  /** Kubernetes objects inside a bare array, which kubectl refuses. */
  | 'top-level-array'
  /** An object of another kind that has `items`: kubectl reads it as a list and drops the rest. */
  | 'ambiguous-list'
  /** An object inside a custom resource that hands it on to the API server, such as an OpenShift Template. */
  | 'embedded-object'
  | 'helm-chart-not-rendered'
  | 'kustomization-not-rendered'
  | 'kustomize-patch'
  /** Text with template directives that does not parse, or a file named as a template. */
  | 'template-not-rendered'
  /** A manifest by its name, compressed or encrypted. */
  | 'packed-file';

export interface Unread {
  readonly file: string;
  /** 1-based. */
  readonly line?: number;
  /** Such as "Deployment shop/web", where known. */
  readonly subject?: string;
  /** Field path inside the document, such as `items[3]`. */
  readonly path?: string;
  readonly reason: UnreadReason;
  /** The parser's or the system's own words: one line, bounded length, not escaped. */
  readonly detail?: string;
}

export interface NotKubernetes {
  readonly file: string;
  /** Set where only this document of the file is meant. */
  readonly line?: number;
  /** How many of the file's documents are meant. */
  readonly documents: number;
}

export interface ManifestEvidence {
  /** Files in byte order of their paths, objects in the order of their file. */
  readonly objects: KubernetesObject[];
  /**
   * Non-empty documents and items of Lists that were seen, readable or not; a file that cannot be read counts as one.
   * Each is an object, or not Kubernetes', or unread.
   */
  readonly documents: number;
  readonly notKubernetes: NotKubernetes[];
  readonly unread: Unread[];
  /** Files with the name of a manifest, and folders, that .gitignore left out. */
  readonly ignored: number;
  /** Field paths that were dropped from every object after reading. */
  readonly passedOver: readonly string[];
  readonly bytes: number;
  readonly files: number;
}

export interface Progress {
  readonly files: number;
  readonly totalFiles: number;
  readonly bytes: number;
  readonly totalBytes: number;
  readonly file: string;
}

export interface ReadLimits {
  /** Bytes of one YAML document, one JSON value or one item of a JSON List. */
  readonly documentBytes: number;
  /** Nesting of one JSON value. Go's encoding/json allows 10000; the default is what recursive code can walk on any stack. */
  readonly depth: number;
  /** Keep what PRUNED_FIELDS names, for comparing objects; the checks need less. */
  readonly whole?: boolean;
}

export const DEFAULT_LIMITS: ReadLimits = { documentBytes: 128 * 1024 * 1024, depth: 1000 };

const MAX_DETAIL = 300;

/** One line of bounded length; control characters are left for the report to escape. */
export function oneLine(text: string): string {
  const flat = text.replace(/\s*[\r\n]+\s*/g, ' ').trim();
  return flat.length > MAX_DETAIL ? `${flat.slice(0, MAX_DETAIL - 1)}…` : flat;
}
