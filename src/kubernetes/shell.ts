import { asArray, asObject, asString } from './json.ts';
import type { Container } from './workload.ts';

/** The words of one command, quotes removed; variables and substitutions stay as they are written. */
export type Command = readonly string[];

/** Commands of which each reads what the one before it writes. */
export type Pipeline = readonly Command[];

/** A text that a shell runs in a container, or the one command that the container runs without a shell. */
export interface Script {
  readonly pipelines: readonly Pipeline[];
  /** Field path of the text. */
  readonly path: string;
}

/** Longer texts are cut; what a container's command line holds is far shorter. */
const LONGEST = 100_000;
const SHELL = /^(?:ba|da|a|k|z)?sh$/;
/** Words before a command that leave it the command. */
const PREFIXES = new Set([
  '!',
  'command',
  'do',
  'elif',
  'else',
  'env',
  'exec',
  'if',
  'nohup',
  'sudo',
  'then',
  'time',
  'until',
  'while',
]);

const INTERPRETER = /^(?:python[0-9.]*|perl|ruby|node|php|pwsh|Rscript|lua)$/;

export function baseName(word: string): string {
  return word.slice(word.lastIndexOf('/') + 1);
}

export function isShell(word: string): boolean {
  return SHELL.test(baseName(word));
}

export function isInterpreter(word: string): boolean {
  return INTERPRETER.test(baseName(word));
}

/** The files that a command runs: itself where it is named by a path, and what a shell or another interpreter is given to read. */
export function filesRun(command: Command): readonly string[] {
  const [word = '', ...args] = command;
  if (!isShell(word) && !isInterpreter(word) && word !== 'source' && word !== '.') {
    return word.includes('/') ? [word] : [];
  }
  const file = args.findIndex((arg) => !arg.startsWith('-'));
  // Behind these stands a program or the name of a module.
  const inline = isShell(word) ? /^-[a-z]*c$/ : /^-[a-z]*[cemr]$/;
  return file < 0 || args.slice(0, file).some((arg) => inline.test(arg)) ? [] : [args[file]!];
}

/**
 * What a container runs, as far as its own fields say: `command` and `args`, an exec hook, the `script` of a Tekton step and the `source`
 * of an Argo script. Where the image's entrypoint gets `args` of its own, nothing is known of it, unless these begin like those of a shell.
 */
export function scriptsOf(container: Container): Script[] {
  const scripts: Script[] = [];
  const line = container.commandLine;
  if (line.length > 0) scripts.push(argumentsScript(line, container.spec['command'] === undefined));
  for (const field of ['script', 'source']) {
    const text = asString(container.spec[field]);
    if (text !== undefined && isShellScript(text))
      scripts.push({ pipelines: parse(text), path: container.at(field) });
  }
  for (const { script } of lifecycleHooks(container)) scripts.push(script);
  return scripts;
}

type Words = readonly { readonly text: string; readonly path: string }[];

/** `lifecycle.postStart.exec` and `lifecycle.preStop.exec` where they run anything. */
export function lifecycleHooks(container: Container): { hook: string; path: string; script: Script }[] {
  const lifecycle = asObject(container.spec['lifecycle']);
  return ['postStart', 'preStop'].flatMap((hook) => {
    const command = asObject(asObject(lifecycle?.[hook])?.['exec'])?.['command'];
    const path = container.at(`lifecycle.${hook}.exec.command`);
    const words = (asArray(command) ?? []).flatMap((word, index) =>
      typeof word === 'string' ? [{ text: word, path: `${path}[${index}]` }] : [],
    );
    return words.length === 0 ? [] : [{ hook, path, script: argumentsScript(words, false) }];
  });
}

function isShellScript(text: string): boolean {
  const [, interpreter] = /^#!\s*(\S+(?:[ \t]+\S+)?)/.exec(text) ?? [];
  return interpreter === undefined || interpreter.split(/[ \t]+/).some(isShell);
}

/** An argument list: the text behind a shell's `-c`, or else the command that the list itself is. */
function argumentsScript(words: Words, entrypointUnknown: boolean): Script {
  const flag = words.findIndex(({ text }) => /^-[a-z]*c$/.test(text));
  const text = words[flag + 1];
  const startsShell =
    flag === 0 ? entrypointUnknown : words.slice(0, flag).some(({ text: word }) => isShell(word));
  if (flag >= 0 && text !== undefined && startsShell) return { pipelines: parse(text.text), path: text.path };
  const command = entrypointUnknown ? [] : [withoutPrefixes(words.map(({ text: word }) => word))];
  return { pipelines: [command], path: words[0]!.path };
}

function withoutPrefixes(words: readonly string[]): Command {
  const start = words.findIndex((word) => !PREFIXES.has(word) && !/^[A-Za-z_]\w*=/.test(word));
  return start < 0 ? [] : words.slice(start);
}

/** Splits shell text into its commands; one pass, without running or expanding anything. */
export function parse(text: string): Pipeline[] {
  return new Splitter(text.slice(0, LONGEST)).split();
}

class Splitter {
  readonly #text: string;
  readonly #pipelines: Pipeline[] = [];
  readonly #hereDocuments: string[] = [];
  #at = 0;
  #pipeline: Command[] = [];
  #words: string[] = [];
  #word: string | undefined;
  /** Open `$(` and `<(`, whose content stays part of the word's command. */
  #substitutions = 0;

  constructor(text: string) {
    this.#text = text;
  }

  split(): Pipeline[] {
    while (this.#at < this.#text.length) this.#step(this.#text[this.#at++]!);
    this.#endPipeline();
    return this.#pipelines;
  }

  #step(character: string): void {
    const next = this.#text[this.#at];
    const inWord = this.#word !== undefined;
    if (character === '\\') {
      this.#at++;
      if (next !== undefined && next !== '\n') this.#add(next);
    } else if (character === "'" || character === '"') {
      this.#quoted(character);
    } else if (character === ' ' || character === '\t' || character === '\r') {
      this.#endWord();
    } else if (character === '\n') {
      this.#endPipeline();
      this.#skipHereDocuments();
    } else if (character === '#' && !inWord) {
      this.#at = indexOrEnd(this.#text, '\n', this.#at);
    } else if (character === '<' && next === '<' && this.#text[this.#at + 1] !== '<') {
      this.#hereDocument();
    } else if (character === '(' && (this.#word?.endsWith('$') || this.#word?.endsWith('<'))) {
      this.#substitutions++;
      this.#add(character);
    } else if (character === ')' && this.#substitutions > 0) {
      this.#substitutions--;
      this.#add(character);
    } else if (character === '|' && next !== '|') {
      this.#endCommand();
    } else if (this.#ends(character, next)) {
      this.#endPipeline();
    } else {
      this.#add(character);
    }
  }

  #ends(character: string, next: string | undefined): boolean {
    // `>&` and `&>` redirect; a brace inside a word expands.
    if (character === '&') return next !== '>' && !this.#word?.endsWith('>');
    if (character === '{' || character === '}') return this.#word === undefined;
    return ';|()'.includes(character);
  }

  #add(text: string): void {
    this.#word = (this.#word ?? '') + text;
  }

  #quoted(quote: string): void {
    let end = this.#at;
    while (end < this.#text.length && this.#text[end] !== quote) {
      end += quote === '"' && this.#text[end] === '\\' ? 2 : 1;
    }
    const inside = this.#text.slice(this.#at, end);
    this.#add(quote === '"' ? inside.replace(/\\(["\\$`\n])/g, '$1') : inside);
    this.#at = end + 1;
  }

  #hereDocument(): void {
    this.#endWord();
    const start = /<?-?[ \t]*/y;
    start.lastIndex = this.#at;
    start.exec(this.#text);
    const name = /['"\\]?([A-Za-z_]\w*)['"]?/y;
    name.lastIndex = start.lastIndex;
    const match = name.exec(this.#text);
    if (match?.[1] === undefined) return;
    this.#hereDocuments.push(match[1]);
    this.#at = name.lastIndex;
  }

  #skipHereDocuments(): void {
    for (const name of this.#hereDocuments.splice(0)) {
      while (this.#at < this.#text.length) {
        const end = indexOrEnd(this.#text, '\n', this.#at);
        const line = this.#text.slice(this.#at, end).trim();
        this.#at = end + 1;
        if (line === name) break;
      }
    }
  }

  #endWord(): void {
    if (this.#word !== undefined) this.#words.push(this.#word);
    this.#word = undefined;
  }

  #endCommand(): void {
    this.#endWord();
    const command = withoutPrefixes(this.#words);
    if (command.length > 0) this.#pipeline.push(command);
    this.#words = [];
  }

  #endPipeline(): void {
    this.#endCommand();
    if (this.#pipeline.length > 0) this.#pipelines.push(this.#pipeline);
    this.#pipeline = [];
  }
}

function indexOrEnd(text: string, part: string, from: number): number {
  const index = text.indexOf(part, from);
  return index < 0 ? text.length : index;
}
