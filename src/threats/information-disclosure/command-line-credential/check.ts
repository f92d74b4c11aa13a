import { type Credential, credential, credentialFormat } from '../../../kubernetes/credentials.ts';
import { defineCheck, failIfAny, notApplicable } from '../../define-check.ts';

/** `--name=value`, `-Dname=value`, `NAME=value`; or a flag whose value is the next word. */
function inWord(word: string, next: string | undefined): Credential | undefined {
  const assigned = /^(?:--?(?:D(?=[a-z]+\.))?)?([A-Za-z][\w.-]{0,80})=(.*)$/s.exec(word);
  if (assigned?.[1] !== undefined && assigned[2] !== undefined) return credential(assigned[1], assigned[2]);
  const flag = /^--?([A-Za-z][\w.-]{1,80})$/.exec(word);
  if (flag?.[1] !== undefined && next !== undefined && !next.startsWith('-'))
    return credential(flag[1], next);
  return credentialFormat(word);
}

export default defineCheck({
  id: 'command-line-credential',
  threat: 'information-disclosure',
  severity: 'high',
  confidence: 'medium',
  subject: 'container',
  frameworks: { mitre: ['T1552'], owasp: ['K08'] },
  equivalents: { kubescape: ['C-0012'] },
  messages: { literal: ['container', 'type'] },
  fix: 'none',
  sensitive: true,
  evaluate(container) {
    const words = container.commandLine;
    if (words.length === 0) return notApplicable;
    const reported = new Set<number>();
    return failIfAny(
      words.flatMap(({ text, path }, index) => {
        if (reported.has(index)) return [];
        const found = inWord(text, words[index + 1]?.text);
        if (found === undefined) return [];
        if (/^--?[\w.-]+$/.test(text)) reported.add(index + 1);
        return [
          { at: path, message: 'literal', params: { container: container.name, type: found.type } },
        ] as const;
      }),
    );
  },
});
