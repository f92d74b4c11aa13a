import { buildCommand, buildRouteMap } from '@stricli/core';
import type { CliWords } from '../../../locales/cli.en.ts';
import { SEEN, type SeenKind } from '../../../records/usage/seen.ts';
import type { Context } from '../../context.ts';
import { oneOf } from '../../parsers.ts';
import { pathsFor } from '../../positionals.ts';
import { sourceFlags, textFlag } from '../../source-flags.ts';
import { limitFlag } from './store-flags.ts';
import {
  type EdgesFlags,
  type ManualFlags,
  type SeenFlags,
  type UnusedFlags,
  type UsedRightsFlags,
  usageFlags,
} from './usage-flags.ts';

/** `kubestride audit usage …`: what the records show in use. */
export function usageCommands(words: CliWords) {
  const routes = {
    rights: rightsCommand(words),
    unused: unusedCommand(words),
    edges: edgesCommand(words),
    manual: manualCommand(words),
    seen: seenCommand(words),
  };
  const { brief, full } = words.recording;
  return buildRouteMap<keyof typeof routes, Context>({
    routes,
    docs: { brief: brief.usage, fullDescription: `${brief.usage}\n\n${full.usage}` },
  });
}

function docsOf(words: CliWords, name: keyof CliWords['inUse']['brief']) {
  const { brief, full } = words.inUse;
  return { brief: brief[name], fullDescription: `${brief[name]}\n\n${full[name]}` };
}

function sources(words: CliWords) {
  return pathsFor({ placeholder: 'SOURCE', brief: words.inUse.argument.source });
}

function rightsCommand(words: CliWords) {
  return buildCommand<UsedRightsFlags, [], Context>({
    docs: docsOf(words, 'rights'),
    parameters: {
      flags: {
        ...usageFlags(words),
        subject: textFlag(words.recording.flag.subject, 'SUBJECT'),
        limit: limitFlag(words),
      },
      aliases: { o: 'output' },
    },
    async func(flags) {
      const { listUsedRights } = await import('../../audit/usage-rights.ts');
      this.exitCode = await listUsedRights(this, flags);
    },
  });
}

function unusedCommand(words: CliWords) {
  return buildCommand<UnusedFlags, string[], Context>({
    docs: docsOf(words, 'unused'),
    parameters: {
      flags: {
        ...usageFlags(words),
        ...sourceFlags(words),
        all: { kind: 'boolean', default: false, withNegated: false, brief: words.inUse.flag.all },
      },
      aliases: { o: 'output', n: 'namespace' },
      positional: sources(words),
    },
    async func(flags, ...paths) {
      const { listUnused } = await import('../../audit/usage-unused.ts');
      this.exitCode = await listUnused(this, flags, paths);
    },
  });
}

function edgesCommand(words: CliWords) {
  return buildCommand<EdgesFlags, [], Context>({
    docs: docsOf(words, 'edges'),
    parameters: {
      flags: {
        ...usageFlags(words),
        edges: { ...textFlag(words.inUse.flag.edges, 'FILE'), optional: false },
      },
      aliases: { o: 'output' },
    },
    async func(flags) {
      const { showEdges } = await import('../../audit/usage-edges.ts');
      this.exitCode = await showEdges(this, flags);
    },
  });
}

function manualCommand(words: CliWords) {
  return buildCommand<ManualFlags, string[], Context>({
    docs: docsOf(words, 'manual'),
    parameters: {
      flags: {
        ...usageFlags(words),
        ...sourceFlags(words),
        all: { kind: 'boolean', default: false, withNegated: false, brief: words.inUse.flag.allChanges },
        limit: limitFlag(words),
      },
      aliases: { o: 'output', n: 'namespace' },
      positional: sources(words),
    },
    async func(flags, ...paths) {
      const { listManual } = await import('../../audit/usage-manual.ts');
      this.exitCode = await listManual(this, flags, paths);
    },
  });
}

function seenCommand(words: CliWords) {
  return buildCommand<SeenFlags, [SeenKind], Context>({
    docs: docsOf(words, 'seen'),
    parameters: {
      flags: { ...usageFlags(words), limit: limitFlag(words) },
      aliases: { o: 'output' },
      positional: {
        kind: 'tuple',
        parameters: [
          {
            placeholder: 'WHAT',
            brief: words.inUse.argument.what,
            parse: oneOf('WHAT', Object.keys(SEEN) as SeenKind[]),
            proposeCompletions: () => Object.keys(SEEN),
          },
        ],
      },
    },
    async func(flags, kind) {
      const { listSeen } = await import('../../audit/usage-seen.ts');
      this.exitCode = await listSeen(this, flags, kind);
    },
  });
}
