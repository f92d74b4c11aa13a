import type { completeness as en } from './completeness.en.ts';

interface Span {
  readonly from: string;
  readonly to: string;
}

/** `集群 prod 的`，仅在集群有名称时。 */
const of = (cluster: string): string => (cluster === '' ? '' : `集群 ${cluster} 的`);
const named = (instance: string): string => (instance === '' ? '' : ` ${instance} `);
const between = ({ from, to }: Span): string => (from === '' ? '' : `（${from} 至 ${to}）`);

export const completeness: typeof en = {
  verdict: {
    complete: '完整',
    incomplete: '不完整',
    'not-known': '是否完整未知',
  },
  judged: (p) => (p.from === '' ? p.verdict : `${p.from} 至 ${p.to}：${p.verdict}`),
  means: {
    loss: '缺失',
    doubt: '可能缺失',
    note: '值得了解',
  },
  reason: {
    noAuditEvents: () => '没有该时段的审计事件',
    beginsLater: (p) => `第一个审计事件的时间是 ${p.to}，而询问的时段始于 ${p.from}`,
    endsEarlier: (p) => `最后一个审计事件的时间是 ${p.from}，而询问的时段止于 ${p.to}`,
    noCounters: (p) =>
      p.from === ''
        ? '不知道 API 服务器计了多少事件：请给出每个 API 服务器两个时刻的指标（--metrics）'
        : `指标未覆盖 ${p.from} 至 ${p.to}`,
    countersOfSomeServers: (p) => `另有 ${p.count} 个 API 服务器续订过租约，却没有给出其指标`,
    countersBeganAnew: (p) =>
      `API 服务器${named(p.instance)}在两次指标之间重新开始计数${between(p)}；此前的计数未知`,
    dropped: (p) => `API 服务器${named(p.instance)}丢失了 ${p.count} 个事件（${p.plugin}）${between(p)}`,
    requestsRejected: (p) =>
      `API 服务器${named(p.instance)}因无法记录而拒绝了 ${p.count} 个请求${between(p)}`,
    fewerThanCounted: (p) =>
      `API 服务器计了 ${p.counted} 个事件，现有 ${p.held} 个：缺少 ${p.count} 个${between(p)}`,
    gap: (p) =>
      `${of(p.cluster)}入口 ${p.inlet} 从 ${p.from} 到 ${p.to} 没有收到任何内容，而平时事件的间隔从不超过 ${p.usual} 秒${p.count > 1 ? `；这是 ${p.count} 个此类空洞中最长的一个` : ''}`,
    irregularTraffic: (p) =>
      `${of(p.cluster)}入口 ${p.inlet} 收到的内容无法区分空洞与静默：${p.seconds === undefined ? '事件太少' : `事件间隔可达 ${p.seconds} 秒，或没有记录心跳`}`,
    apiServerDown: (p) =>
      `${of(p.cluster)}入口 ${p.inlet} 从 ${p.from} 到 ${p.to} 没有收到任何内容，随后 API 服务器启动：其内存中的事件已丢失${p.count > 1 ? `；这是 ${p.count} 个此类时段中最长的一个` : ''}`,
    apiServerStarted: (p) => `${of(p.cluster)}一个 API 服务器于 ${p.at} 启动；此前其内存中的事件不在这里`,
    apiServers: (p) => `${of(p.cluster)}${p.count} 个 API 服务器续订过租约`,
    collectorDown: (p) => `采集器从 ${p.from} 到 ${p.to} 处于停止状态`,
    collectorCrashed: (p) => `采集器在 ${p.from} 至 ${p.to} 之间的某段时间没有运行，或被强行终止`,
    lostByRotation: (p) =>
      `${p.inlet}：尚未读取就被轮转掉，${p.at}${p.message === '' ? '' : `：${p.message}`}`,
    unreadableFile: (p) => `${p.inlet}：无法读取，${p.at}${p.message === '' ? '' : `：${p.message}`}`,
    storeDamaged: (p) => `无法读取存储中的 ${p.part}（${p.reason}）：${p.count} 个事件${between(p)}`,
    refused: (p) => `自开始计数以来，有 ${p.count} 次收到的内容没有保存：${p.reason}`,
    requestsWithoutEnd: (p) => `${of(p.cluster)}${p.count} 个请求在 ${p.stage} 之后没有事件${between(p)}`,
    truncatedEvents: (p) => `${of(p.cluster)}${p.count} 个事件没有内容：API 服务器因其过大而截去`,
    auditIdsReused: (p) =>
      `有 ${p.count} 个审计 ID 对应不止一个请求，例如 ${p.id}（${p.stage}）；客户端可以自行选择它`,
    notAudited: (p) =>
      `审计策略不记录对 ${p.resource} 的 ${p.verbs}${p.rule === '' ? '' : `（rules[${p.rule}]）`}：${p.need}`,
    levelTooLow: (p) =>
      `审计策略以 ${p.level} 而非 ${p.needed} 级别记录对 ${p.resource} 的 ${p.verbs}${p.rule === '' ? '' : `（rules[${p.rule}]）`}：${p.need}`,
  },
  refusal: {
    'not-json': '不是 JSON',
    'not-an-event': '其他类型的 JSON',
    'unsupported-version': '版本未知的事件',
    'missing-fields': '缺少 ID、阶段或时间的事件',
    'too-long': '超过长度上限',
    truncated: '中途截断',
    'too-deep': '嵌套过深',
    'unknown-format': '格式未知的行',
  },
  noCounters: (p) =>
    `--metrics："${p.file}" 中没有 API 服务器的审计计数；\`kubectl get --raw /metrics\` 会打印它们`,
  metricsTooLarge: (p) => `--metrics："${p.file}" 大于 ${p.megabytes} MB`,
};
