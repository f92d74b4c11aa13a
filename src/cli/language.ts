import type { CliWords } from '../locales/cli.en.ts';
import type { Language } from '../locales/words.ts';

/** The language that POSIX locale variables ask for: the first that is set and not empty decides. */
export function languageOf(env: Readonly<Record<string, string | undefined>>): Language {
  const locale = env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || '';
  return /^zh(?![a-z])/i.test(locale) ? 'zh-CN' : 'en';
}

export async function loadCliWords(language: Language): Promise<CliWords> {
  const words = language === 'en' ? import('../locales/cli.en.ts') : import('../locales/cli.zh-CN.ts');
  return (await words).default;
}
