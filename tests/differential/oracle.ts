import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { oraclePath } from './build-oracle.ts';

/** Asks testbed/oracle all questions in one run: `operation` names the handler, each question is one JSON line; answers come back in order. */
export async function askOracle<Q, A>(operation: string, questions: Iterable<Q>): Promise<A[]> {
  const child = spawn(oraclePath(), [operation], { stdio: ['pipe', 'pipe', 'inherit'] });
  const answers: A[] = [];
  const reading = (async () => {
    for await (const line of createInterface({ input: child.stdout })) answers.push(JSON.parse(line) as A);
  })();
  const exited = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', resolve);
  });
  // An oracle that ended early hears nothing more; its exit code says so below.
  child.stdin.on('error', () => {});
  for (const question of questions) {
    if (child.exitCode !== null) break;
    if (!child.stdin.write(`${JSON.stringify(question)}\n`)) {
      await Promise.race([new Promise((resolve) => child.stdin.once('drain', resolve)), exited]);
    }
  }
  child.stdin.end();
  const code = await exited;
  await reading;
  if (code !== 0) throw new Error(`oracle ${operation} ended with exit code ${code}`);
  return answers;
}
