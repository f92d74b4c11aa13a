import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ApiResources } from '../../kubernetes/api-resources.ts';
import { asObject, asString, type JsonObject, objectsIn } from '../../kubernetes/json.ts';
import { parseObjectReference } from '../../records/questions/object-reference.ts';
import { type StoryAbout, story } from '../../records/questions/story.ts';
import { openReader } from '../../records/store/open-reader.ts';
import type { StoryFlags } from '../commands/audit/story.ts';
import { type Context, EXIT, type ExitCode } from '../context.ts';
import { UsageError } from '../usage-error.ts';
import { renderStory } from './answer-render.ts';
import { periodOf } from './filters.ts';
import { aboutOf, limitOf } from './question.ts';
import { snapshotOf } from './snapshot.ts';
import { storeFolder } from './store-folder.ts';

/** Tells all that is recorded about an object, a subject or a finding. */
export async function tell(context: Context, flags: StoryFlags, about: string): Promise<ExitCode> {
  const { terminal, words } = context;
  const snapshot = await snapshotOf(context, flags.bindings, flags.clusterName ?? '');
  const resources = new ApiResources(snapshot?.objects ?? []);
  const asked = flags.report === undefined ? whom(about, resources) : findingIn(context, flags.report, about);
  const reader = await openReader(storeFolder(context, flags));
  try {
    const told = await story(
      reader,
      {
        about: asked,
        ...periodOf(flags),
        ...(flags.clusterName === undefined ? {} : { filters: { clusters: [flags.clusterName] } }),
        limit: limitOf(flags.limit),
      },
      { resources, ...(snapshot === undefined ? {} : { snapshot }) },
    );
    await terminal.stdout.write(renderStory(words.records, told, flags.output ?? 'terminal'));
    return told.told.length > 0 && told.damage.length === 0 ? EXIT.clean : EXIT.notEvaluated;
  } finally {
    await reader.close();
  }
}

function whom(text: string, resources: ApiResources): StoryAbout {
  const about = aboutOf(text, resources);
  if ('event' in about) throw new UsageError((words) => words.recording.notAnObject({ value: text }));
  return about;
}

/** The object of a finding of a JSON report. */
function findingIn({ terminal }: Context, file: string, fingerprint: string): StoryAbout {
  const findings = objectsIn(reportOf(resolve(terminal.cwd, file), file)['findings']);
  const finding = findings.find((each) => each['fingerprint'] === fingerprint);
  const object = asObject(finding?.['object']);
  const name = asString(object?.['name']);
  const kind = asString(object?.['kind']);
  if (finding === undefined || name === undefined || kind === undefined) {
    throw new UsageError((words) => words.recording.noFinding({ file, fingerprint }));
  }
  const namespace = asString(object?.['namespace']);
  const reference = parseObjectReference(
    [...(namespace === undefined || namespace === '' ? [] : [namespace]), kind, name].join('/'),
    new ApiResources(),
  );
  if (reference === undefined)
    throw new UsageError((words) => words.recording.noFinding({ file, fingerprint }));
  return { finding: { check: asString(finding['check']) ?? '', fingerprint, object: reference } };
}

function reportOf(path: string, file: string): JsonObject {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new UsageError((words) => words.failure.cannotRead({ file, reason }));
  }
  try {
    return asObject(JSON.parse(text)) ?? {};
  } catch {
    throw new UsageError((words) => words.recording.notAReport({ file }));
  }
}
