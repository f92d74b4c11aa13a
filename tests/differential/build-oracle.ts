import { join } from 'node:path';
import { buildInto, hasGo } from '../../testbed/build.ts';

export { hasGo };

let built: string | undefined;

/** The compiled testbed/oracle; it lies outside of the repository, and is built where it is not there. */
export function oraclePath(): string {
  built ??= join(
    buildInto(join(import.meta.dirname, '../../testbed'), {
      name: 'oracle',
      source: 'oracle',
      time: 'about three minutes',
    }),
    'oracle',
  );
  return built;
}

export default function setup(): void {
  if (hasGo()) {
    oraclePath();
    return;
  }
  process.stderr.write(
    '\nSKIPPED: differential tests need Go on PATH; nothing was compared with Kubernetes.\n\n',
  );
}
