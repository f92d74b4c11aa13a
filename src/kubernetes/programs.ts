import { parseImage } from './images.ts';
import { asNumber } from './json.ts';
import type { Container } from './workload.ts';

/** A program that is known by its image. */
export interface Program {
  readonly name: string;
  /**
   * Repositories as they end: `grafana` is the last part of any repository, `rancher/rancher` its last two. They stand for mirrors too,
   * such as `rancher/mirrored-grafana-grafana`.
   */
  readonly images: readonly string[];
  /** TCP ports at which it serves what makes it worth knowing. */
  readonly ports: readonly number[];
  /** Words of the command line, folders aside, of which one is there; for images that hold several programs. */
  readonly runs?: readonly string[];
  /** Words of the command line with which it does something else. */
  readonly notWith?: readonly string[];
}

export interface Recognised<P extends Program> {
  readonly program: P;
  /** `label`: the image says nothing, and a label and a port of the container do. */
  readonly by: 'image' | 'label';
}

/** Labels whose value is by custom the name of the program. */
const NAME_LABELS = ['app.kubernetes.io/name', 'k8s-app', 'app'] as const;

/** Finds programs of a table by what a container runs. */
export class Programs<P extends Program> {
  readonly #byImage = new Map<string, P>();
  readonly #byLabel = new Map<string, P>();

  constructor(rows: readonly P[]) {
    for (const row of rows) {
      for (const image of row.images) {
        this.#byImage.set(image, row);
        // The last part alone may be any word, such as `frontend`.
        if (!image.includes('/')) this.#byLabel.set(image, row);
      }
    }
  }

  /** Undefined for containers that run something else, or run it as a client: with a command of their own and no port. */
  of(container: Container): Recognised<P> | undefined {
    const found = this.#byRepository(container) ?? this.#byName(container);
    if (found === undefined) return undefined;
    const { runs, notWith = [] } = found.program;
    const words = container.commandLine.map(({ text }) => text);
    const has = (wanted: readonly string[]) =>
      words.some((word) => wanted.includes(word) || wanted.includes(word.slice(word.lastIndexOf('/') + 1)));
    if (has(notWith) || (runs !== undefined && !has(runs))) return undefined;
    const isClient = runs === undefined && container.ports.length === 0 && 'command' in container.spec;
    return isClient ? undefined : found;
  }

  #byRepository(container: Container): Recognised<P> | undefined {
    const repository = parseImage(container.image)?.repository;
    if (repository === undefined) return undefined;
    const parts = repository.split('/');
    const last = parts.at(-1)!;
    const names = [parts.slice(-2).join('/'), last];
    // Names of the copies that Rancher keeps: the owner, a dash, and the name.
    const mirrored = /^mirrored-([a-z0-9]+)-(.+)$/.exec(last);
    if (mirrored !== null) names.push(`${mirrored[1]}/${mirrored[2]}`, mirrored[2]!);
    for (const name of names) {
      const program = this.#byImage.get(name);
      if (program !== undefined) return { program, by: 'image' };
    }
    return undefined;
  }

  #byName(container: Container): Recognised<P> | undefined {
    const { podLabels } = container.workload;
    for (const label of NAME_LABELS) {
      const program = this.#byLabel.get(podLabels[label] ?? '');
      if (program !== undefined && declaredPorts(container).some((port) => program.ports.includes(port))) {
        return { program, by: 'label' };
      }
    }
    return undefined;
  }
}

/** The container ports that are declared for TCP. */
export function declaredPorts(container: Container): number[] {
  return container.ports.flatMap(({ raw }) => {
    const port = asNumber(raw['containerPort']);
    return port === undefined || (raw['protocol'] ?? 'TCP') !== 'TCP' ? [] : [port];
  });
}

/** Field path of a declared port, else of the image. */
export function portPath(container: Container, ports: readonly number[]): string {
  const declared = container.ports.find(({ raw }) => ports.includes(asNumber(raw['containerPort']) ?? 0));
  return declared === undefined ? container.at('image') : `${declared.path}.containerPort`;
}
