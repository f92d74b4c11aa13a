import { dirname, resolve } from 'node:path';
import { asArray, asObject, isObject, type Json, objectsIn } from '../../kubernetes/json.ts';
import { readYaml } from '../../kubernetes/yaml/index.ts';

/** What a kustomization says of the files beside it. */
export interface KustomizationReferences {
  /** Absolute paths of partial objects and of kustomize's own configuration: patches, transformers, generators … */
  readonly partial: readonly string[];
  /** Absolute paths of whole objects; a file that is both is whole. */
  readonly whole: readonly string[];
  /** The parser's message where the file cannot be read. */
  readonly problem?: string;
}

/** Fields of kustomize's types.Kustomization that list files (sigs.k8s.io/kustomize/api/types/kustomization.go). */
const WHOLE_LISTS = ['resources', 'bases', 'crds'];
const PARTIAL_LISTS = ['patchesStrategicMerge', 'generators', 'transformers', 'validators', 'configurations'];
const PARTIAL_BY_PATH = ['patches', 'patchesJson6902', 'replacements'];
const VALUES_FILES = ['helmCharts', 'helmChartInflationGenerator'];

/** Undefined where the document is no kustomization, such as Flux's object of the same kind. */
export function readKustomization(bytes: Uint8Array, file: string): KustomizationReferences | undefined {
  const folder = dirname(file);
  const partial: string[] = [];
  const whole: string[] = [];
  for (const { value, error } of readYaml(bytes)) {
    if (error) return { partial, whole, problem: error.message };
    if (!isObject(value)) continue;
    const apiVersion = value['apiVersion'];
    if (typeof apiVersion === 'string' && !apiVersion.startsWith('kustomize.config.k8s.io/'))
      return undefined;
    const add = (list: string[], paths: Iterable<string>) => {
      for (const path of paths) if (isFilePath(path)) list.push(resolve(folder, path));
    };
    for (const field of WHOLE_LISTS) add(whole, strings(value[field]));
    for (const field of PARTIAL_LISTS) add(partial, strings(value[field]));
    for (const field of PARTIAL_BY_PATH) add(partial, fieldOfEach(value[field], 'path'));
    for (const field of VALUES_FILES) {
      add(partial, fieldOfEach(value[field], 'valuesFile'));
      for (const chart of objectsIn(value[field])) add(partial, strings(chart['additionalValuesFiles']));
    }
    const schema = asObject(value['openapi'])?.['path'];
    if (typeof schema === 'string') add(partial, [schema]);
  }
  return { partial, whole };
}

/** Patches may stand inline, and resources may be addresses. */
function isFilePath(text: string): boolean {
  return text !== '' && !/[\n\0]/.test(text) && !text.includes('://');
}

function strings(value: Json | undefined): string[] {
  return (asArray(value) ?? []).filter((entry): entry is string => typeof entry === 'string');
}

function fieldOfEach(value: Json | undefined, field: string): string[] {
  return objectsIn(value).flatMap((entry) => (typeof entry[field] === 'string' ? [entry[field]] : []));
}
