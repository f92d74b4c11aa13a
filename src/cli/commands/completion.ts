import { buildCommand } from '@stricli/core';
import type { CliWords } from '../../locales/cli.en.ts';
import type { Context } from '../context.ts';
import { type CommonFlags, langFlag } from '../flags.ts';
import { oneOf } from '../parsers.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

/** Each script asks the program itself for proposals, and falls back to file names where there are none. */
const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `_kubestride() {
  local IFS=$'\\n'
  COMPREPLY=($(kubestride __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -o bashdefault -F _kubestride kubestride
`,
  zsh: `#compdef kubestride
_kubestride() {
  local -a proposals
  proposals=("\${(@f)$(kubestride __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  proposals=(\${proposals:#})
  if (( \${#proposals} )); then compadd -- "\${proposals[@]}"; else _files; fi
}
if [ "$funcstack[1]" = "_kubestride" ]; then _kubestride "$@"; else compdef _kubestride kubestride; fi
`,
  fish: `function __kubestride_complete
  set -l words (commandline -opc) (commandline -ct)
  kubestride __complete $words[2..-1] 2>/dev/null
end
complete -c kubestride -a '(__kubestride_complete)'
`,
};

export function completionCommand(words: CliWords) {
  return buildCommand<CommonFlags, [Shell], Context>({
    docs: {
      brief: words.brief.completion,
      fullDescription: `${words.brief.completion}\n\n${words.full.completion}`,
    },
    parameters: {
      flags: { lang: langFlag(words) },
      positional: {
        kind: 'tuple',
        parameters: [
          {
            placeholder: 'SHELL',
            brief: words.argument.shell,
            parse: oneOf('SHELL', SHELLS),
            proposeCompletions: () => SHELLS,
          },
        ],
      },
    },
    async func(_flags, shell) {
      await this.terminal.stdout.write(SCRIPTS[shell]);
    },
  });
}
