import type { Language, UiWords } from './words.ts';

/** The words of the reports, only the language that is asked for. */
export async function loadUiWords(language: Language): Promise<UiWords> {
  return language === 'en' ? (await import('./en.ts')).en : (await import('./zh-CN.ts')).zhCN;
}
