import { REDACTED, type Redactions } from './tally.ts';

const IN_JSON = /(\\{0,7}"(?:data|stringData)\\{0,7}"\s*:\s*\{)([^{}]*)/g;
const VALUE_IN_JSON = /(:\s*\\{0,7}")((?:[^"\\]|\\[^"\\])*)/g;
const YAML_KIND = /^[\s-]*kind:\s*["']?Secret(?:List)?["']?\s*$/m;
const YAML_BLOCK = /^([\s-]*)(?:data|stringData):\s*$/;

/** Secrets that stand in other texts: in the log of a client, in a file that a command writes, in a ConfigMap. */
export function redactManifests(text: string, tally: Redactions): string {
  if (!text.includes('Secret') || !text.includes('ata')) return text;
  const result = /\\?"Secret(?:List)?\\*"/.test(text) ? inJson(text, tally) : text;
  return YAML_KIND.test(result) ? inYaml(result, tally) : result;
}

function inJson(text: string, tally: Redactions): string {
  return text.replace(IN_JSON, (_, start: string, values: string) => {
    const hidden = values.replace(VALUE_IN_JSON, (all: string, before: string, value: string) => {
      if (value === '' || value.includes(REDACTED)) return all;
      tally.add('secret-data');
      return before + REDACTED;
    });
    return start + hidden;
  });
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
