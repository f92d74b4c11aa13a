import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach } from 'vitest';
import type { ManifestEvidence } from './evidence.ts';
import { type ReadOptions, readManifests } from './read-manifests.ts';

/** A folder for one test, removed after it. */
export class TestFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'kubestride-manifests-'));

  constructor(files: Readonly<Record<string, string | Uint8Array>> = {}) {
    folders.push(this);
    for (const [name, content] of Object.entries(files)) this.write(name, content);
  }

  write(name: string, content: string | Uint8Array): string {
    const path = join(this.path, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return path;
  }

  read(paths: readonly string[] = ['.'], options: ReadOptions = {}): Promise<ManifestEvidence> {
    return readManifests(paths, { cwd: this.path, ...options });
  }
}

const folders: TestFolder[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder.path, { recursive: true, force: true });
});

export function configMap(name: string, more = ''): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n${more}`;
}

/** "file#document Kind namespace/name" of every object, in order. */
export function summary(evidence: ManifestEvidence): string[] {
  return evidence.objects.map(
    ({ origin, kind, namespace, name }) =>
      `${origin.file.path}#${origin.document} ${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`,
  );
}

/** "file:line reason" of everything unread, in order. */
export function unread(evidence: ManifestEvidence): string[] {
  return evidence.unread.map(
    ({ file, line, reason }) => `${file}${line === undefined ? '' : `:${line}`} ${reason}`,
  );
}
