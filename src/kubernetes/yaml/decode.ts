import { formatFieldPath } from '../field-path.ts';
import type { Json, JsonObject } from '../json.ts';
import { YamlError } from './error.ts';
import type { ReadLimits } from './limits.ts';
import type { CollectionMark, Marks } from './marks.ts';
import type { AliasNode, MappingNode, ScalarNode, SequenceNode, YamlNode } from './nodes.ts';
import { formatFloatKey, type Resolved, resolveTagged, type ScalarKind, tags } from './scalars.ts';

/** A key that a mapping holds more than once; upstream's strict decoding refuses it. Offsets are those of the text. */
export interface FoundDuplicate {
  path: string;
  start: number;
  end: number;
}

/** More duplicates than anybody reads; their paths could take more room than the document. */
const maxDuplicates = 1000;

interface Shared {
  value: Json;
  /** Decode steps that one use of the value costs upstream. */
  cost: number;
  height: number;
}

/** go-yaml's bound on what aliases may add (decode.go): 99 % of small documents, 10 % of very large ones. */
function allowedAliasRatio(steps: number): number {
  if (steps <= 400_000) return 0.99;
  if (steps >= 4_000_000) return 0.1;
  return 0.99 - 0.89 * ((steps - 400_000) / 3_600_000);
}

/** Sets an own property whatever its name: `__proto__` is a key like any other. */
export function setEntry(object: JsonObject, key: string, value: Json): void {
  if (key === '__proto__') {
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
  } else {
    object[key] = value;
  }
}

/**
 * Turns a node tree into the JSON value that sigs.k8s.io/yaml makes of it. A value used through aliases is decoded
 * once and shared; upstream's count of what the expansion would cost is kept and its bound applies.
 */
export class Decoder {
  readonly duplicates: FoundDuplicate[] = [];
  private readonly limits: ReadLimits;
  private readonly marks: Marks | undefined;
  private readonly shared = new Map<YamlNode, Shared>();
  private readonly open = new Set<YamlNode>();
  /** Objects with keys that JSON cannot have; refused only when they are part of the result. */
  private readonly unsupported = new Map<object, YamlError>();
  private infinite = false;
  private readonly path: (string | number)[] = [];
  private deepest = 0;
  private depth = 0;
  private steps = 1;
  private aliasSteps = 0;
  private aliasDepth = 0;

  constructor(limits: ReadLimits, marks?: Marks) {
    this.limits = limits;
    this.marks = marks;
  }

  decode(root: YamlNode): Json {
    const value = this.node(root);
    if (this.unsupported.size > 0 || this.infinite) this.refuseUnsupported(value, root.start);
    return value;
  }

  private count(steps: number, aliasSteps: number, at: YamlNode): void {
    this.steps += steps;
    this.aliasSteps += aliasSteps;
    if (
      this.aliasSteps > 100 &&
      this.steps > 1000 &&
      this.aliasSteps / this.steps > allowedAliasRatio(this.steps)
    ) {
      throw new YamlError('document contains excessive aliasing', at.start);
    }
    if (this.steps > this.limits.maxNodes) {
      throw new YamlError(`document exceeds the limit of ${this.limits.maxNodes} nodes`, at.start);
    }
  }

  private node(node: YamlNode): Json {
    if (node.shared) return this.sharedNode(node);
    return this.plainNode(node);
  }

  private plainNode(node: YamlNode): Json {
    this.count(1, this.aliasDepth > 0 ? 1 : 0, node);
    switch (node.type) {
      case 'scalar':
        return this.value(node);
      case 'alias':
        return this.alias(node);
      default:
        return this.collection(node);
    }
  }

  private sharedNode(node: YamlNode): Json {
    const known = this.shared.get(node);
    if (known !== undefined) {
      this.count(known.cost, this.aliasDepth > 0 ? known.cost : 0, node);
      this.reach(this.depth + known.height, node);
      return known.value;
    }
    const before = this.steps;
    const deepest = this.deepest;
    this.deepest = this.depth;
    this.open.add(node);
    const value = this.plainNode(node);
    this.open.delete(node);
    this.shared.set(node, { value, cost: this.steps - before, height: this.deepest - this.depth });
    this.deepest = Math.max(deepest, this.deepest);
    return value;
  }

  private alias(node: AliasNode): Json {
    if (this.open.has(node.target)) {
      throw new YamlError(`anchor '${node.name}' value contains itself`, node.start);
    }
    this.aliasDepth++;
    const value = this.node(node.target);
    this.aliasDepth--;
    return value;
  }

  private reach(depth: number, at: YamlNode): void {
    if (depth > this.limits.maxDepth) {
      throw new YamlError(`exceeded max depth of ${this.limits.maxDepth}`, at.start);
    }
    if (depth > this.deepest) this.deepest = depth;
  }

  private collection(node: MappingNode | SequenceNode): Json {
    this.depth++;
    this.reach(this.depth, node);
    const value = node.type === 'mapping' ? this.mapping(node) : this.sequence(node);
    this.depth--;
    return value;
  }

  private value(node: ScalarNode): Json {
    const { value } = this.scalar(node);
    if (typeof value === 'number' && !Number.isFinite(value)) this.infinite = true;
    return value;
  }

  private scalar(node: ScalarNode): Resolved {
    if (node.tag === '' && !node.implicit) return { kind: 'str', value: node.text };
    const resolved = resolveTagged(node.tag, node.text);
    if (typeof resolved === 'string') throw new YamlError(resolved, node.start);
    return resolved;
  }

  private mark(value: object, node: YamlNode): CollectionMark | undefined {
    if (this.marks === undefined) return undefined;
    const mark: CollectionMark = { start: node.start, end: node.end, entries: new Map() };
    this.marks.set(value, mark);
    return mark;
  }

  private sequence(node: SequenceNode): Json {
    const value: Json[] = [];
    const mark = this.mark(value, node);
    for (const item of node.items) {
      this.path.push(value.length);
      const { start, end } = item;
      mark?.entries.set(value.length, { keyStart: start, keyEnd: start, valueStart: start, valueEnd: end });
      value.push(this.node(item));
      this.path.pop();
    }
    return value;
  }

  private mapping(node: MappingNode): Json {
    const object: JsonObject = {};
    const mark = this.mark(object, node);
    // Kinds of the keys that are no strings: upstream tells 1 from "1" when it looks for duplicates.
    const kinds = new Map<string, ScalarKind>();
    for (let i = 0; i < node.entries.length; i += 2) {
      const keyNode = node.entries[i] as YamlNode;
      const valueNode = node.entries[i + 1] as YamlNode;
      if (isMerge(keyNode)) {
        this.merge(valueNode, object, mark);
        continue;
      }
      const found = this.key(keyNode);
      const key = keyText(found);
      this.path.push(key ?? 'null');
      const value = this.node(valueNode);
      if (key === undefined) {
        this.unsupported.set(
          object,
          new YamlError(`unsupported map key of type: ${found.kind}`, keyNode.start),
        );
      } else {
        const kind =
          found.kind === 'bool' || found.kind === 'int' || found.kind === 'float' ? found.kind : 'str';
        if (Object.hasOwn(object, key) && (kinds.get(key) ?? 'str') === kind) this.duplicate(keyNode);
        if (kind !== 'str') kinds.set(key, kind);
        setEntry(object, key, value);
        mark?.entries.set(key, {
          keyStart: keyNode.start,
          keyEnd: keyNode.end,
          valueStart: valueNode.start,
          valueEnd: valueNode.end,
        });
      }
      this.path.pop();
    }
    return object;
  }

  private key(node: YamlNode): Resolved {
    const target = node.type === 'alias' ? node.target : node;
    const value = this.node(node);
    if (target.type !== 'scalar')
      throw new YamlError(`invalid map key: ${JSON.stringify(value)}`, node.start);
    return this.scalar(target);
  }

  private duplicate(key: YamlNode): void {
    if (this.duplicates.length >= maxDuplicates) return;
    this.duplicates.push({ path: formatFieldPath(this.path), start: key.start, end: key.end });
  }

  /** Entries of the merged mappings go in where the merge key stands, so entries before it lose, as in go-yaml v2. */
  private merge(node: YamlNode, into: JsonObject, mark: CollectionMark | undefined): void {
    const sources = node.type === 'sequence' ? [...node.items].reverse() : [node];
    for (const source of sources) {
      const target = source.type === 'alias' ? source.target : source;
      if (target.type !== 'mapping') {
        throw new YamlError('map merge requires map or sequence of maps as the value', source.start);
      }
      const merged = this.node(source) as JsonObject;
      const mergedMark = this.marks?.get(merged);
      for (const key of Object.keys(merged)) {
        this.path.push(key);
        if (Object.hasOwn(into, key)) this.duplicate(source);
        this.path.pop();
        setEntry(into, key, merged[key] as Json);
        const entry = mergedMark?.entries.get(key);
        if (entry !== undefined) mark?.entries.set(key, entry);
      }
      const unsupported = this.unsupported.get(merged);
      if (unsupported !== undefined) this.unsupported.set(into, unsupported);
    }
  }

  /** JSON has neither infinities nor such keys: upstream refuses them in the finished value only. */
  private refuseUnsupported(root: Json, offset: number): void {
    const seen = new Set<object>();
    const visit = (value: Json | undefined): void => {
      if (typeof value === 'number' && !Number.isFinite(value)) {
        throw new YamlError(`unsupported value: ${goFloat(value)}`, offset);
      }
      if (typeof value !== 'object' || value === null || seen.has(value)) return;
      seen.add(value);
      const error = this.unsupported.get(value);
      if (error !== undefined) throw error;
      for (const inner of Object.values(value)) visit(inner as Json);
    };
    visit(root);
  }
}

function isMerge(node: YamlNode): boolean {
  return node.type === 'scalar' && node.text === '<<' && (node.implicit || node.tag === tags.merge);
}

/** The JSON key of a scalar, undefined where sigs.k8s.io/yaml has none. */
function keyText({ kind, value, exact }: Resolved): string | undefined {
  if (kind === 'null' || kind === 'uint64') return undefined;
  if (kind === 'float') return formatFloatKey(value as number);
  return exact ?? String(value);
}

function goFloat(value: number): string {
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}
