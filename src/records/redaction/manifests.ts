import { closing } from './named.ts';
import { REDACTED, type Redactions } from './tally.ts';

const DATA = /(?:data|stringData)(\\{0,7})"\s{0,4}:\s{0,4}\{/g;
const YAML_KIND = /^[\s-]*kind:\s*["']?Secret(?:List)?["']?\s*$/m;
const YAML_BLOCK = /^([\s-]*)(?:data|stringData):\s*$/;

/** Secrets that stand in other texts: in the log of a client, in a file that a command writes, in a ConfigMap. */
export function redactManifests(text: string, tally: Redactions): string {
  if (!text.includes('Secret') || !text.includes('ata')) return text;
  const result = /\\?"Secret(?:List)?\\*"/.test(text) ? inJson(text, tally) : text;
  return YAML_KIND.test(result) ? inYaml(result, tally) : result;
}

/** The texts that are values in a map named `data`; the map may itself be part of a text, with backslashes in front of its quotes. */
function inJson(text: string, tally: Redactions): string {
  let result = '';
  let done = 0;
  DATA.lastIndex = 0;
  for (let match = DATA.exec(text); match !== null; match = DATA.exec(text)) {
    const quote = `${match[1]}"`;
    const start = match.index + match[0].length;
    for (let at = start; at < text.length && text[at] !== '}'; ) {
      if (!text.startsWith(quote, at)) {
        at++;
        continue;
      }
      const from = at + quote.length;
      const end = closing(text, quote, from);
      at = end + quote.length;
      const isValue = /:\s{0,4}$/.test(
        text.slice(Math.max(start, from - quote.length - 8), from - quote.length),
      );
      if (isValue && end > from && !text.startsWith(REDACTED, from)) {
        result += text.slice(done, from) + REDACTED;
        done = end;
        tally.add('secret-data');
      }
      DATA.lastIndex = Math.max(DATA.lastIndex, at);
    }
  }
  return done === 0 ? text : result + text.slice(done);
}

function inYaml(text: string, tally: Redactions): string {
  let block = -1;
  return text
    .split('\n')
    .map((line) => {
      const start = YAML_BLOCK.exec(line);
      if (start !== null) {
        block = start[1]!.length;
        return line;
      }
      const indent = line.search(/\S/);
      if (block < 0 || indent < 0) return line;
      if (indent <= block) {
        block = -1;
        return line;
      }
      if (line.includes(REDACTED)) return line;
      tally.add('secret-data');
      const key = /^\s*["']?[\w.-]+["']?:/.exec(line)?.[0];
      return key === undefined ? `${' '.repeat(indent)}${REDACTED}` : `${key} ${REDACTED}`;
    })
    .join('\n');
}
