import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** Every program of the test control plane; the built binary is all of them, told apart by its name. */
export const PROGRAMS = [
  'etcd',
  'etcdctl',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubectl',
  'kwok',
] as const;
export type Program = (typeof PROGRAMS)[number];

/** Programs of one folder, and what is not there. */
export interface Programs {
  readonly folder: string;
  readonly present: readonly Program[];
  /** kwok's stages (what its fake nodes and pods do), where kwok is present. */
  readonly stages: string | undefined;
  /** What is left out, each with its reason, for people. */
  readonly leftOut: readonly string[];
}

/** Where caches lie: $KUBESTRIDE_CACHE, or ~/.cache/kubestride. */
export function cacheFolder(): string {
  return process.env['KUBESTRIDE_CACHE'] ?? join(homedir(), '.cache', 'kubestride');
}

/** True where Go is on PATH; what needs it is skipped, loudly, where it is not. */
export function hasGo(): boolean {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .some((folder) => folder !== '' && existsSync(join(folder, `go${suffix}`)));
}

/** True where a control plane can be started: with programs that are there already, or with Go to build them. */
export function canStartControlPlane(): boolean {
  return process.env['KUBEBUILDER_ASSETS'] !== undefined || hasGo();
}

/**
 * The programs to run: those of $KUBEBUILDER_ASSETS where that is set (etcd and kube-apiserver are required, the others
 * are left out where absent), else those that Go builds from the module proxy, once for each version of their sources.
 *
 * @param testbed the folder of go.mod
 * @throws where a required program is missing, or the build fails
 */
export function findPrograms(testbed: string): Programs {
  const assets = process.env['KUBEBUILDER_ASSETS'];
  return assets === undefined ? buildPrograms(testbed) : programsOf(assets);
}

function programsOf(folder: string): Programs {
  const present = PROGRAMS.filter((program) => existsSync(join(folder, program)));
  for (const required of ['etcd', 'kube-apiserver'] as const) {
    if (!present.includes(required)) throw new Error(`KUBEBUILDER_ASSETS=${folder} has no ${required}`);
  }
  const leftOut = PROGRAMS.filter((program) => !present.includes(program)).map(
    (program) => `${program}: not in KUBEBUILDER_ASSETS`,
  );
  const stages = join(folder, STAGES);
  if (!present.includes('kwok') || existsSync(stages)) {
    return { folder, present, stages: present.includes('kwok') ? stages : undefined, leftOut };
  }
  return {
    folder,
    present: present.filter((program) => program !== 'kwok'),
    stages: undefined,
    leftOut: [...leftOut, `kwok: KUBEBUILDER_ASSETS has no ${STAGES} beside it`],
  };
}

const BINARY = 'control-plane';
const STAGES = 'kwok-stages.yaml';
/** Without these a build would depend on the machine, and share no compiled package with the next. */
const GO_ENVIRONMENT = { CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOFLAGS: '' };
/** DWARF is a third of the time of linking. */
const GO_BUILD = [
  'build',
  '-mod=readonly',
  '-trimpath',
  '-buildvcs=false',
  '-gcflags=all=-dwarf=false',
] as const;

function go(testbed: string, args: readonly string[]): string {
  return execFileSync('go', args, {
    cwd: testbed,
    env: { ...process.env, ...GO_ENVIRONMENT },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  }).trim();
}

/**
 * Compiles a main package of testbed/ into the cache, unless it is there: two builders at once both work, and the first
 * to end wins.
 *
 * @param name begins the name of the folder in the cache, which ends with the digest of what the result is made from
 * @param finish adds to the folder what belongs to the program
 * @returns the folder in the cache
 */
export function buildInto(
  testbed: string,
  build: {
    readonly name: string;
    readonly source: string;
    /** How long it takes, for people. */
    readonly time: string;
    readonly linkerFlags?: () => readonly string[];
    readonly finish?: (folder: string) => void;
  },
): string {
  const hash = createHash('sha256').update(go(testbed, ['env', 'GOVERSION', 'GOOS', 'GOARCH']));
  const sources = readdirSync(join(testbed, build.source))
    .filter((name) => name.endsWith('.go'))
    .sort()
    .map((name) => join(build.source, name));
  for (const source of ['go.mod', 'go.sum', ...sources]) {
    hash.update(`\0${source}\0`).update(readFileSync(join(testbed, source)));
  }
  const done = join(cacheFolder(), `${build.name}-${hash.digest('hex').slice(0, 16)}`);
  if (existsSync(done)) {
    // The time tells when it was last used.
    utimesSync(done, new Date(), new Date());
    return done;
  }

  process.stderr.write(
    `Building ${build.name} with Go, once; where nothing of it was compiled before, this takes ${build.time}.\n`,
  );
  mkdirSync(cacheFolder(), { recursive: true });
  const making = mkdtempSync(join(cacheFolder(), `making-${build.name}-`));
  try {
    const flags = ['-s', '-w', ...(build.linkerFlags?.() ?? [])].join(' ');
    go(testbed, [...GO_BUILD, '-ldflags', flags, '-o', join(making, build.name), `./${build.source}`]);
    build.finish?.(making);
    renameSync(making, done);
    removeUnused(build.name);
  } catch (error) {
    if (!existsSync(done)) throw error;
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
  return done;
}

const UNUSED_AFTER = 14 * 86_400_000;

/** Removes what was built from older sources and not used for two weeks: a control plane takes 150 MB. */
function removeUnused(name: string): void {
  const ours = new RegExp(`^(making-)?${name}-\\w+$`);
  for (const folder of readdirSync(cacheFolder()).filter((each) => ours.test(each))) {
    const path = join(cacheFolder(), folder);
    if (Date.now() - statSync(path).mtimeMs > UNUSED_AFTER) rmSync(path, { recursive: true, force: true });
  }
}

function buildPrograms(testbed: string): Programs {
  const folder = buildInto(testbed, {
    name: BINARY,
    source: 'controlplane',
    time: 'about ten minutes',
    linkerFlags: () => versionFlags(testbed),
    finish: (making) => {
      for (const program of PROGRAMS) symlinkSync(BINARY, join(making, program));
      writeFileSync(join(making, STAGES), kwokStages(testbed));
    },
  });
  return { folder, present: PROGRAMS, stages: join(folder, STAGES), leftOut: [] };
}

/** Kubernetes takes its version from the linker; without it, it says v0.0.0 and clients misjudge it. */
function versionFlags(testbed: string): string[] {
  const version = go(testbed, ['list', '-m', '-f', '{{.Version}}', 'k8s.io/kubernetes']);
  const [major = '', minor = ''] = version.slice(1).split('.');
  const values = {
    gitVersion: version,
    gitMajor: major,
    gitMinor: minor,
    gitTreeState: 'clean',
    gitCommit: '0'.repeat(40),
    buildDate: '1970-01-01T00:00:00Z',
  };
  return ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].flatMap((path) =>
    Object.entries(values).map(([name, value]) => `-X ${path}.${name}=${value}`),
  );
}

/** kwok's own "fast" stages (Apache-2.0), from its module: nodes become Ready and pods Running at once. */
function kwokStages(testbed: string): string {
  const stages = join(go(testbed, ['list', '-m', '-f', '{{.Dir}}', 'sigs.k8s.io/kwok']), 'kustomize/stage');
  return ['node/fast', 'node/heartbeat-with-lease', 'pod/fast']
    .flatMap((part) =>
      readdirSync(join(stages, part))
        .filter((name) => name.endsWith('.yaml') && name !== 'kustomization.yaml')
        .map((name) => `---\n${readFileSync(join(stages, part, name), 'utf8')}`),
    )
    .join('');
}
