import type { auditLog as words } from './audit-log.en.ts';

export const auditLog: typeof words = {
  brief: {
    generate: '根据审计日志，生成恰好允许某个主体所做之事的最小角色',
    unused: '列出绑定授予了、而审计日志中没有用到的权限',
  },
  full: {
    generate: [
      'kubestride access generate --audit LOG --subject SUBJECT [PATH…] 打印角色与绑定：合并后恰好允许日志中出现的操作，别无其他。',
      '名称数量少且看起来不是自动生成时，规则限定于这些名称。所有已认证用户本来就能做的事不再授予；给出 PATH 或 --cluster 时，',
      '其中绑定给该主体所属组的权限也不再授予；直接绑定给该主体的则不算，因为新角色正是要取代它们。',
      '',
      'LOG：API 服务器或其 Webhook 的日志文件（JSON 行、EventList，也可用 gzip 压缩），EKS、AKS 或 GKE 的导出，',
      '存放这些文件的文件夹，或以 - 表示标准输入。',
      '',
      '与 audit2rbac 相同：--names single --expand-namespaces --expand-verbs --include-refused。',
      '',
      '退出码：0 已生成；2 日志中没有某个主体的请求；3 用法错误或内部错误。',
    ].join('\n'),
    unused: [
      'kubestride access unused --audit LOG [PATH…] 逐条规则比较角色与绑定授予的权限和日志中出现的操作。',
      '它说明日志覆盖的时段；日志无法显示的不会被称为未使用：日志中没有任何请求的主体、',
      '没有任何人的读取或写入被记录的资源、任何日志都不会记录的动词。',
      '',
      '退出码：0 能够判断的都已使用；1 有未使用的；2 未能完整比较：日志或来源有一部分没有读到，或者没有可比较的内容；',
      '3 用法错误或内部错误。',
    ].join('\n'),
  },
  flag: {
    audit: '审计日志：文件、文件夹，或以 - 表示标准输入；可重复',
    auditScan: '同时读取此审计日志（文件、文件夹或 -），以得知服务账号是否被使用；可重复',
    subject: '角色给谁：alice、User:alice、Group:devs、sa:NAMESPACE/NAME；可重复',
    onlySubject: '只看这个主体拥有的；可重复',
    onlyBoundIn: '只看在这个名字空间中绑定的，不看在整个集群中绑定的',
    onlyNamespace: '只考虑在这个名字空间中做的事',
    names:
      '规则何时限定于出现过的名称：stable（数量少且像是人取的）、single（只有一个）、all、none（默认 stable）',
    expandNamespaces: '在多个名字空间中做过的事，在所有名字空间中都允许',
    expandVerbs: '同时允许 get、list、watch；同时允许 get、update、patch',
    includeRefused: '也允许每次都被拒绝的请求',
    namePrefix: '对象名称的开头（默认 kubestride）',
    generateOutput: 'yaml 或 json（默认 yaml）',
    noBootstrapGenerate: '也授予每个 API 服务器给所有用户的权限',
    allGrants: '也判断每个 API 服务器自行创建的绑定，并列出已使用的',
  },
  argument: {
    granted: '已经授予的：文件、文件夹、通配模式或证据包 *.kse（默认：只有每个 API 服务器自行授予的）',
  },
  generated: {
    introduction: (p) => [
      `由 kubestride ${p.version} 根据审计日志为 ${p.subject} 生成：${p.requests} 个请求。`,
      ...(p.period === ''
        ? []
        : [`时段：${p.period}。${p.hours} 小时中有 ${p.hoursSeen} 小时日志中出现请求。`]),
      `日志：${p.files} 中的 ${p.events} 个事件。`,
      '该主体需要但在此期间没有做的事，以及审计策略不记录的事，这里都没有授予。',
    ],
    nothing: () => '没有需要授予的权限。',
    granted: (p) => `未列入，因为已经授予：${p.actions}。`,
    refused: (p) => `未列入，因为被拒绝（--include-refused 会授予）：${p.actions}。`,
    ungrantable: (p) => `未列入，因为规则中的 * 表示全部，任何规则都只能连同更多权限一并授予：${p.actions}。`,
    manyNamespaces: (p) =>
      `${p.count} 个名字空间中相同：--expand-namespaces 会合成一个适用于全部名字空间（包括以后的）的绑定。`,
    more: (p) => `另有 ${p.count} 项`,
    times: (p) => `${p.action}（${p.count} 次）`,
    action: (p) => `${p.verb} ${p.what}${p.namespace === '' ? '' : `（名字空间 ${p.namespace}）`}`,
    separator: '；',
    comma: '、',
    evidence: (p) => `${p.count} 个请求${p.last === '' ? '' : `，最近一次 ${p.last}`}`,
    namesLeftOut: (p) => `出现过 ${p.count} ${p.hasMore ? '个以上' : '个'}对象，允许任何一个`,
    expanded: (p) => `没有用到、但一并授予：${p.verbs}`,
    refusedRule: () => '每次都被拒绝',
    occasion: {
      impersonation: '为了以他人身份行事而被询问',
      'creation-by-update': '更新或应用（apply）创建了对象时被询问',
      websocket: '自 v1.35 起，以 get 建立流时被询问',
    },
    hiddenNeeds: {
      escalate:
        '它会写入角色：API 服务器还会询问它是否拥有其中授予的全部权限，或者可以 "escalate"。日志不会显示这一点。',
      bind: '它会写入绑定：API 服务器还会询问它是否拥有角色授予的全部权限，或者可以 "bind"。日志不会显示这一点。',
      approve: '它会批准证书：还需要对 signers 的动词 "approve"。日志不会显示这一点。',
      sign: '它会签发证书：还需要对 signers 的动词 "sign"。日志不会显示这一点。',
      attest:
        '它会写入 ClusterTrustBundle：若带有签名者，还需要对 signers 的动词 "attest"。日志不会显示这一点。',
      parameters: '它会写入准入策略：还需要能读取策略所引用的参数。日志不会显示这一点。',
    },
  },
  ungrantable: (p) => `${p.subject} 有 ${p.count} 个请求未列入：规则无法只授予字面的 *，而不授予全部`,
  noRequests: (p) =>
    `日志中没有 ${p.subject} 的请求${p.near.length === 0 ? '' : `；是否想输入 ${p.near.join(' 或 ')}？`}`,
  noEvents: (p) =>
    `${p.files} 个文件中没有审计事件${p.others === 0 ? '' : `（有 ${p.others} 行是其他内容）`}`,
  notRead: (p) => `日志有 ${p.count} 处没有读到：${p.places}${p.more ? '……' : ''}`,
  unreadReason: { broken: '不是 JSON', 'too-long': '太长', 'cut-off': '提前结束' },
  others: (p) => `日志有 ${p.count} 行不是审计事件`,
  onlyReceived: () =>
    '日志中只有 RequestReceived 阶段的事件，看不出什么被允许；请让审计策略不要省略 ResponseComplete',
  storeAmongLogs: () => '记录存储只能单独查询：请不要再给出其他日志',
  twoFromStdin: () => '标准输入只能读取一次：要么作为日志，要么作为来源',
  progress: (p) => `正在读取审计日志：${p.megabytes} MB，${p.events} 个事件`,
  unused: {
    period: (p) =>
      `日志覆盖 ${p.from} 至 ${p.to}（${p.hours} 小时中有 ${p.hoursSeen} 小时出现请求，共 ${p.requests} 个）。`,
    noPeriod: () => '日志中的事件没有时间。',
    caution: () =>
      '未使用的意思是：不在这份日志中。审计策略以 None 级别处理的请求，以及间隔比该时段更长的操作，都不在其中。',
    status: { used: '已使用', partly: '部分使用', unused: '未使用', 'not-visible': '无法判断' },
    bound: (p) => `${p.subject} 通过 ${p.binding} 拥有 ${p.role}`,
    rule: (p) => `${p.path}：${p.rule}`,
    notUsed: (p) => `未使用：${p.what}`,
    hidden: (p) => `无法判断：${p.what}`,
    onlyUsed: (p) => `用到的：${p.what}`,
    last: (p) => `${p.count} 个请求${p.last === '' ? '' : `，最近一次 ${p.last}`}`,
    blindness: {
      'subject-not-in-log': '日志中没有该主体的请求：它没有活动，或者没有被记录',
      'resource-not-in-log': '日志中没有任何人对这些资源的此类请求：可能没有被记录',
      'verb-never-logged': '此类动词是在请求之外向鉴权器询问的，日志不会显示',
    },
    summary: (p) =>
      `${p.unused} 条规则未使用，${p.partly} 条部分使用，${p.used} 条已使用；有 ${p.hidden} 条日志无法判断。`,
    bootstrap: (p) => `每个 API 服务器自行授予的 ${p.count} 条未列入（--all 也会判断它们）。`,
    noGrants: () => '来源中没有带角色的绑定，因此没有可比较的内容',
  },
};
