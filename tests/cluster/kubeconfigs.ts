import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ControlPlane } from '../../testbed/control-plane.ts';

/** A folder of kubeconfigs and what they name, for the API server of a control plane. */
export class Kubeconfigs {
  readonly folder = mkdtempSync(join(tmpdir(), 'kubestride-kubeconfigs-'));
  #written = 0;

  /** One context `test` as the user; fields as in a kubeconfig. @returns the file's path */
  write(controlPlane: Pick<ControlPlane, 'server' | 'ca'>, user: object, cluster: object = {}): string {
    return this.file(`kubeconfig-${this.#written++}`, {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'test',
      contexts: [{ name: 'test', context: { cluster: 'testbed', user: 'someone' } }],
      clusters: [
        {
          name: 'testbed',
          cluster: { server: controlPlane.server, 'certificate-authority': controlPlane.ca, ...cluster },
        },
      ],
      users: [{ name: 'someone', user }],
    });
  }

  file(name: string, content: string | object): string {
    const path = join(this.folder, name);
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content), { mode: 0o600 });
    return path;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

/** Fields of a kubeconfig's user that logs in with the admin's certificate. */
export function adminFiles({ certificate, key }: Pick<ControlPlane, 'certificate' | 'key'>): object {
  return { 'client-certificate': certificate, 'client-key': key };
}

export function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

export function textOf(path: string): string {
  return readFileSync(path, 'utf8');
}
