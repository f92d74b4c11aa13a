import { csvLine } from '../../records/exports/csv.ts';
import { openReader } from '../../records/store/open-reader.ts';
import { jsonText } from '../../reports/escape.ts';
import type { SqlFlags } from '../commands/audit/sql.ts';
import { type Context, EXIT, type ExitCode, say } from '../context.ts';
import { limitOf } from './question.ts';
import { sayDamage, storeFolder } from './store-folder.ts';
import { tableLines } from './table.ts';

/** Asks the records one question in SQL. */
export async function askSql(context: Context, flags: SqlFlags, statement: string): Promise<ExitCode> {
  const { terminal, words } = context;
  const reader = await openReader(storeFolder(context, flags));
  try {
    const { columns, rows, more, damage = [] } = await reader.sql(statement, limitOf(flags.limit));
    if (flags.output === 'json') {
      for (const row of rows) {
        const fields = Object.fromEntries(columns.map((name, index) => [name, row[index] ?? null]));
        await terminal.stdout.write(`${jsonText(JSON.stringify(fields))}\n`);
      }
    } else if (flags.output === 'csv') {
      for (const row of [columns, ...rows]) await terminal.stdout.write(csvLine(row));
    } else {
      const text = [
        columns,
        ...rows.map((row) => row.map((value) => (value === null ? 'NULL' : String(value)))),
      ];
      for (const line of tableLines(text, terminal.stdout.columns)) await terminal.stdout.write(`${line}\n`);
    }
    if (more) say(context, words.recording.more({ limit: flags.limit }));
    return sayDamage(context, damage) ? EXIT.notEvaluated : EXIT.clean;
  } finally {
    await reader.close();
  }
}
