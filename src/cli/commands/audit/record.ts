import { buildCommand } from '@stricli/core';
import type { CliWords } from '../../../locales/cli.en.ts';
import type { Context } from '../../context.ts';
import { textFlag } from '../../source-flags.ts';
import { type StoreFlags, storeFlags, textsFlag } from './store-flags.ts';

export interface RecordFlags extends StoreFlags {
  readonly listen: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly clientCa?: string;
  readonly tokenFile?: string;
  readonly follow?: readonly string[];
  readonly watch: boolean;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly clusterName?: string;
  readonly nodeName?: string;
  readonly nodeRoot?: string;
  readonly retain?: string;
  readonly maxBytes?: string;
}

export function recordCommand(words: CliWords) {
  const { brief, full, flag } = words.recording;
  return buildCommand<RecordFlags, [], Context>({
    docs: { brief: brief.record, fullDescription: `${brief.record}\n\n${full.record}` },
    parameters: {
      flags: {
        ...storeFlags(words),
        listen: { ...textFlag(flag.listen, 'ADDRESS'), optional: false, default: '127.0.0.1:9880' },
        tlsCert: textFlag(flag.tlsCert, 'FILE'),
        tlsKey: textFlag(flag.tlsKey, 'FILE'),
        clientCa: textFlag(flag.clientCa, 'FILE'),
        tokenFile: textFlag(flag.tokenFile, 'FILE'),
        follow: textsFlag(flag.follow, 'FILE'),
        watch: { kind: 'boolean', default: false, withNegated: false, brief: flag.watch },
        kubeconfig: textFlag(words.flag.kubeconfig, 'FILE'),
        context: textFlag(words.flag.context, 'NAME'),
        clusterName: textFlag(flag.clusterName, 'NAME'),
        nodeName: textFlag(flag.nodeName, 'NAME'),
        nodeRoot: textFlag(flag.nodeRoot, 'FOLDER'),
        retain: textFlag(flag.retain, 'AGE'),
        maxBytes: textFlag(flag.maxBytes, 'SIZE'),
      },
    },
    async func(flags) {
      const { recordAll } = await import('../../audit/record.ts');
      this.exitCode = await recordAll(this, flags);
    },
  });
}
