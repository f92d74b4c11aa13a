import { baseName, type Command, filesRun, isInterpreter, isShell, type Pipeline } from './shell.ts';

/** Something fetched over the network and run without a look at what it is. */
export interface UnverifiedDownload {
  /** `piped`: straight into an interpreter. `run`: saved to a file that is then made executable or run. */
  readonly how: 'piped' | 'run';
  /** The program that downloads. */
  readonly tool: string;
  /** The interpreter, or the name of the file. */
  readonly target: string;
}

const SUBSTITUTION = /(?:[$<]\(|`)\s*(curl|wget)\s/;
const VERIFIERS =
  /^(?:sha(?:1|224|256|384|512)?sum|md5sum|b2sum|shasum|gpgv?2?|cosign|minisign|signify|openssl|slsa-verifier|rekor-cli)$/;

/** A mode, of chmod, that lets somebody execute. */
const EXECUTABLE = /^(?:[ugoa]*[+=][rwst]*x|[0-7]*[1357])/;

function downloader(command: Command): string | undefined {
  const name = baseName(command[0] ?? '');
  return name === 'curl' || name === 'wget' ? name : undefined;
}

/** True where the command runs what it reads from its standard input. */
function runsInput([word = '', ...args]: Command): boolean {
  if (isShell(word))
    return args.every((arg) => /^-(?!\w*c)/.test(arg)) || args.some((arg) => /^-[a-z]*s$/.test(arg));
  return isInterpreter(word) && (args.length === 0 || args[0] === '-');
}

/** The downloads of a script that are run unverified; none where the script compares a checksum or a signature anywhere. */
export function unverifiedDownloads(pipelines: readonly Pipeline[]): UnverifiedDownload[] {
  const commands = pipelines.flat();
  const found: UnverifiedDownload[] = [];
  for (const pipeline of pipelines) {
    const first = pipeline.findIndex((command) => downloader(command) !== undefined);
    const target = first < 0 ? undefined : pipeline.slice(first + 1).find(runsInput);
    if (target !== undefined) {
      found.push({ how: 'piped', tool: downloader(pipeline[first]!)!, target: baseName(target[0]!) });
    }
  }
  for (const command of commands) {
    const [word = ''] = command;
    if (!isShell(word) && !['eval', 'source', '.'].includes(word)) continue;
    const [, tool] = SUBSTITUTION.exec(`${command.join(' ')} `) ?? [];
    if (tool !== undefined) found.push({ how: 'piped', tool, target: baseName(word) });
  }
  if (commands.some(([word = '']) => VERIFIERS.test(baseName(word))))
    return found.filter(({ how }) => how === 'piped');
  return [...found, ...runFiles(commands)];
}

/** Files that a downloader saves and that a later command makes executable or runs. */
function runFiles(commands: readonly Command[]): UnverifiedDownload[] {
  const saved = new Map<string, string>();
  const found: UnverifiedDownload[] = [];
  for (const command of commands) {
    const tool = downloader(command);
    if (tool !== undefined) {
      for (const file of savedFiles(command)) saved.set(file, tool);
      continue;
    }
    for (const word of executed(command)) {
      const file = baseName(word);
      const by = saved.get(file);
      if (by === undefined) continue;
      saved.delete(file);
      found.push({ how: 'run', tool: by, target: file });
    }
  }
  return found;
}

/** Base names under which a download may be saved: the named output, and the last part of each URL. */
function savedFiles(command: Command): string[] {
  return command.slice(1).flatMap((word, index) => {
    if (/^(?:-[A-Za-z]*[oO]|--output|--output-document|>)$/.test(command[index]!)) return [baseName(word)];
    const [, attached] = /^(?:--output=|--output-document=|>)(.+)$/.exec(word) ?? [];
    if (attached !== undefined) return [baseName(attached)];
    return /^https?:\/\//.test(word) ? [baseName(word.replace(/[?#].*$/, ''))] : [];
  });
}

/** What a command runs or makes ready to be run. */
function executed(command: Command): readonly string[] {
  const [word = '', ...args] = command;
  switch (baseName(word)) {
    case 'chmod':
      return EXECUTABLE.test(args.find((arg) => !/^-[A-Za-z]/.test(arg)) ?? '') ? args : [];
    case 'install':
      return args;
    default:
      return filesRun(command);
  }
}
