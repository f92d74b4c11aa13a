import { Cluster } from '../kubernetes/cluster.ts';
import type { Gap } from '../kubernetes/gaps.ts';
import { isObject, type Json } from '../kubernetes/json.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import { WORKLOAD_KINDS } from '../kubernetes/pod-templates.ts';
import { ALL, type Read, ReadLog, WORKLOADS } from '../kubernetes/reads.ts';
import type { SubjectName } from '../kubernetes/subjects.ts';
import { Workload } from '../kubernetes/workload.ts';
import type { Check } from '../threats/define-check.ts';
import type { AssessOptions } from './assess.ts';
import { Blindness } from './blindness.ts';
import { type AnySubject, judgeNoting } from './judge.ts';
import { Judged, type VerdictChange } from './judged.ts';
import type { Report } from './report.ts';
import { ReportBuilder } from './report-builder.ts';

/** What is new since the last time. */
export interface ClusterChange {
  /** Objects that were added or modified. */
  readonly set: readonly KubernetesObject[];
  readonly removed: readonly ObjectKey[];
  /** All gaps that there are now. */
  readonly gaps: readonly Gap[];
  /** How many lists are known to their end. */
  readonly lists: number;
}

/** What one object is, through all its states. */
export interface ObjectKey {
  readonly group: string;
  readonly kind: string;
  /** Empty for cluster-scoped objects. */
  readonly namespace: string;
  readonly name: string;
}

/** What is known of one object's subjects of one kind. */
interface Known {
  readonly object: KubernetesObject;
  readonly paths: readonly string[];
  /** The checks that say something, or that looked at more than their subject. */
  readonly judged: Map<Check, Judged>;
  /** Of the others, by their place in the list of checks, how many subjects they apply to: all of these passed. */
  readonly passed: Uint16Array;
}

function newKnown(object: KubernetesObject, subjects: readonly AnySubject[], checks: number): Known {
  return {
    object,
    paths: subjects.map(({ path }) => path),
    judged: new Map(),
    passed: new Uint16Array(checks),
  };
}

function samePaths({ paths }: Known, subjects: readonly AnySubject[]): boolean {
  return paths.length === subjects.length && paths.every((path, index) => subjects[index]!.path === path);
}

/**
 * The assessment of a cluster that changes. It judges anew what has changed, and whatever looked at something that has changed;
 * `report` is at any time what a fresh assessment of the same objects would say.
 */
export class LiveAssessment {
  readonly #options: AssessOptions;
  readonly #onlyNamespace: string | undefined;
  readonly #checks = new Map<SubjectName, Check[]>();
  /** By list, each in the order in which a fresh reading has it. */
  readonly #lists = new Map<string, ObjectsOfKind>();
  readonly #reads = new ReadLog();
  readonly #workloads = new WeakMap<KubernetesObject, readonly Workload[]>();
  readonly #known = new Map<SubjectName, Map<KubernetesObject, Known>>();
  /** Who looked at what. */
  readonly #readers = new Map<Read, Set<Judged>>();
  #gaps: readonly Gap[] = [];
  #listed = 0;
  #blindness: Blindness;
  #cluster: Cluster;

  constructor(options: AssessOptions, onlyNamespace?: string) {
    this.#options = options;
    this.#onlyNamespace = onlyNamespace;
    for (const check of options.checks) {
      const others = this.#checks.get(check.subject);
      if (others === undefined) this.#checks.set(check.subject, [check]);
      else others.push(check);
    }
    this.#blindness = new Blindness([], onlyNamespace);
    this.#cluster = new Cluster([], { isComplete: true });
  }

  get objects(): number {
    return this.#cluster.objects.length;
  }

  /** @param now the time of the assessment, for checks that speak of dates */
  apply(change: ClusterChange, now?: Date): VerdictChange[] {
    const touched = this.#store(change);
    const isBlinder = JSON.stringify(change.gaps) !== JSON.stringify(this.#gaps);
    this.#listed = change.lists;
    if (isBlinder) {
      this.#gaps = change.gaps;
      this.#blindness = new Blindness(change.gaps, this.#onlyNamespace);
    } else if (touched.size === 0) {
      return [];
    }
    const before = this.#cluster;
    this.#cluster = new Cluster(
      [...this.#lists.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, list]) => list.sorted()),
      {
        isComplete: true,
        reads: this.#reads,
        workloadsOf: (object) => this.#workloadsOf(object),
        ...(now === undefined ? {} : { now }),
      },
    );
    const stale = isBlinder ? undefined : this.#readersOf(touched);
    const judged = new Set<Judged>();
    const gone: Judged[] = [];
    for (const [subject, checks] of this.#checks) this.#judge(subject, checks, stale, judged, gone);
    return this.#changes(judged, gone, before);
  }

  /** What `assess` would say of the same objects. */
  report(): Report {
    const evidence = {
      objects: this.#cluster.objects,
      documents: this.#cluster.objects.length,
      notKubernetes: [],
      unread: [],
      isComplete: true,
      lists: this.#listed,
      gaps: this.#gaps,
    };
    const builder = new ReportBuilder(evidence, [], this.#options, this.#blindness, this.#cluster);
    for (const check of this.#options.checks) {
      builder.begin(check);
      const index = this.#checks.get(check.subject)!.indexOf(check);
      for (const { judged, passed } of this.#known.get(check.subject)?.values() ?? []) {
        builder.count(passed[index]!, passed[index]!);
        judged.get(check)?.tell(builder);
      }
      builder.end(this.#cluster.owners);
    }
    return builder.finish();
  }

  #store({ set, removed }: ClusterChange): Set<Read> {
    const touched = new Set<Read>();
    for (const object of set) {
      const list = this.#list(object);
      const before = list.get(object.namespace ?? '', object.name);
      if (before !== undefined && before.apiVersion === object.apiVersion && same(before.raw, object.raw))
        continue;
      list.set(object);
      if (before !== undefined) this.#touch(before, touched);
      this.#touch(object, touched);
    }
    for (const key of removed) {
      const before = this.#list(key).remove(key.namespace, key.name);
      if (before !== undefined) this.#touch(before, touched);
    }
    return touched;
  }

  #list({ group, kind }: { readonly group: string; readonly kind: string }): ObjectsOfKind {
    const key = `${group}/${kind}`;
    let list = this.#lists.get(key);
    if (list === undefined) {
      list = new ObjectsOfKind();
      this.#lists.set(key, list);
    }
    return list;
  }

  #touch({ kind, namespace, name }: KubernetesObject, touched: Set<Read>): void {
    // What is asked about one namespace is asked by its name, also of the Namespace object.
    const place = kind === 'Namespace' ? name : (namespace ?? ALL);
    for (const read of WORKLOAD_KINDS.has(kind) ? [kind, WORKLOADS, ALL] : [kind, ALL]) {
      touched.add(this.#reads.intern(read, place));
      touched.add(this.#reads.intern(read, ALL));
    }
  }

  #readersOf(touched: ReadonlySet<Read>): Set<Judged> {
    const readers = new Set<Judged>();
    for (const read of touched) for (const judged of this.#readers.get(read) ?? []) readers.add(judged);
    return readers;
  }

  /** Judges the subjects of one kind that are new or whose last verdict may no longer hold; all where `stale` is undefined. */
  #judge(
    name: SubjectName,
    checks: readonly Check[],
    stale: ReadonlySet<Judged> | undefined,
    judged: Set<Judged>,
    gone: Judged[],
  ): void {
    const before = this.#known.get(name) ?? new Map<KubernetesObject, Known>();
    const after = new Map<KubernetesObject, Known>();
    this.#known.set(name, after);
    for (const [object, subjects] of byObject(this.#cluster.subjects(name))) {
      const last = before.get(object);
      const isKnown = last !== undefined && samePaths(last, subjects);
      const known = isKnown ? last : newKnown(object, subjects, checks.length);
      if (isKnown) before.delete(object);
      after.set(object, known);
      for (const [index, check] of checks.entries()) {
        const earlier = known.judged.get(check);
        if (isKnown && (earlier === undefined || stale?.has(earlier) === false)) continue;
        const next = earlier ?? new Judged(check, object);
        this.#note(
          next,
          next.judge(subjects, (subject) => this.#ask(check, subject)),
        );
        known.passed[index] = next.isPlain ? next.applicable : 0;
        if (next.isPlain) known.judged.delete(check);
        else known.judged.set(check, next);
        if (!next.isPlain || earlier !== undefined) judged.add(next);
      }
    }
    for (const { judged: lost } of before.values()) {
      for (const each of lost.values()) {
        this.#note(each, new Set());
        gone.push(each);
      }
    }
  }

  #ask(check: Check, subject: AnySubject) {
    return judgeNoting(check, subject, this.#cluster, this.#blindness);
  }

  /** Keeps track of who looked at what. */
  #note(judged: Judged, reads: ReadonlySet<Read>): void {
    for (const read of judged.reads) if (!reads.has(read)) this.#readers.get(read)?.delete(judged);
    for (const read of reads) {
      const readers = this.#readers.get(read);
      if (readers === undefined) this.#readers.set(read, new Set([judged]));
      else readers.add(judged);
    }
    judged.reads = reads;
  }

  /** What reports say otherwise now. What a pod says beside its owner depends on what the owner says. */
  #changes(judged: ReadonlySet<Judged>, gone: readonly Judged[], before: Cluster): VerdictChange[] {
    const { owners } = this.#cluster;
    const all = new Set(judged);
    for (const pod of new Set([...before.owners.keys(), ...owners.keys()])) {
      for (const known of this.#known.values()) {
        for (const [check, each] of known.get(pod)?.judged ?? []) {
          const above = known.get(owners.get(pod)!)?.judged.get(check);
          const isOther = before.owners.get(pod) !== owners.get(pod);
          if (isOther || (above !== undefined && judged.has(above))) all.add(each);
        }
      }
    }
    const lost = gone.map((each) => unseen(each.lost(), this.#blindness.hidesAnyOf([each.object.kind])));
    const said = [...all].map((each) => {
      const owner = owners.get(each.object);
      const known = owner === undefined ? undefined : this.#known.get(each.check.subject)?.get(owner);
      const changes = each.said(owner, known?.judged.get(each.check));
      return changes.length === 0 ? changes : unseen(changes, this.#blindness.hidden(each.reads).length > 0);
    });
    return withoutMoves([...lost, ...said].flat());
  }

  #workloadsOf(object: KubernetesObject): readonly Workload[] {
    let workloads = this.#workloads.get(object);
    if (workloads === undefined) {
      workloads = Workload.of(object);
      this.#workloads.set(object, workloads);
    }
    return workloads;
  }
}

/** What is withdrawn because of what cannot be seen any more is not known to have gone away. */
function unseen(changes: readonly VerdictChange[], isHidden: boolean): readonly VerdictChange[] {
  if (!isHidden) return changes;
  return changes.map((change) => (change.isNew ? change : { ...change, isUnseen: true }));
}

/** An object in a new state says much of what it said before: that is no change. */
function withoutMoves(changes: readonly VerdictChange[]): VerdictChange[] {
  const open = new Map<string, VerdictChange[]>();
  for (const change of changes) {
    const key = `${change.kind === 'undecided'} ${change.identity}`;
    const opposite = open.get(key)?.findIndex(({ isNew }) => isNew !== change.isNew) ?? -1;
    if (opposite >= 0) open.get(key)!.splice(opposite, 1);
    else open.set(key, [...(open.get(key) ?? []), change]);
  }
  return [...open.values()].flat();
}

function byObject(subjects: readonly AnySubject[]): Map<KubernetesObject, AnySubject[]> {
  const groups = new Map<KubernetesObject, AnySubject[]>();
  for (const subject of subjects) {
    const group = groups.get(subject.object);
    if (group === undefined) groups.set(subject.object, [subject]);
    else group.push(subject);
  }
  return groups;
}

function same(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => same(item, b[index]));
  }
  if (!isObject(a) || !isObject(b) || Array.isArray(b)) return false;
  const keys = Object.keys(a);
  // The server may store a field anew without its changing; only what checks see counts.
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key]))
  );
}

/** The objects of one kind, sorted by namespace and name on demand. */
class ObjectsOfKind {
  readonly #objects = new Map<string, KubernetesObject>();
  #sorted: readonly KubernetesObject[] | undefined;

  get(namespace: string, name: string): KubernetesObject | undefined {
    return this.#objects.get(`${namespace}/${name}`);
  }

  set(object: KubernetesObject): void {
    this.#objects.set(`${object.namespace ?? ''}/${object.name}`, object);
    this.#sorted = undefined;
  }

  remove(namespace: string, name: string): KubernetesObject | undefined {
    const key = `${namespace}/${name}`;
    const object = this.#objects.get(key);
    if (object === undefined) return undefined;
    this.#objects.delete(key);
    this.#sorted = undefined;
    return object;
  }

  sorted(): readonly KubernetesObject[] {
    this.#sorted ??= [...this.#objects.entries()]
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([, object]) => object);
    return this.#sorted;
  }
}
