import type { audit as en } from './audit.en.ts';

export const audit: typeof en = {
  brief: {
    audit: '说明发生了什么、是谁做的；保存记录；评判审计策略',
    policy: '像 API 服务器那样按审计策略作出判定',
    decide: '说明各请求以何种级别审计，由哪条规则决定',
    generate: '按调查所要问的内容生成审计策略',
    lint: '说明审计策略中无效、泄漏和遗漏之处',
  },
  full: {
    decide: [
      '每行读取一个请求（JSON 对象）：{"user","groups":[…],"verb","resourceRequest":true|false,"apiGroup","apiVersion",',
      '"resource","subresource","namespace","name","path"}，逐一回答其级别、略去的阶段，以及作出决定的规则（从 0 起计）；',
      '没有规则匹配时为 null，即级别 None。退出码：0 全部已回答；2 有的行不是请求，或没有请求；3 用法错误，或 API 服务器',
      '无法以该策略启动。',
    ].join('\n'),
    generate: [
      '生成一个审计策略：记录各目标所要问的内容，问到“写了什么”时才记录正文，且绝不记录 Secret、ConfigMap 和令牌的正文，并略去只会占满',
      '日志的请求；每条规则都说明理由。生成结果能通过 `audit policy lint`。不给 --goal 时包含全部目标。退出码：0；3 用法错误。',
    ].join('\n'),
    lint: [
      '指出被前面的规则完全遮蔽的规则、不匹配任何请求的值、会把凭据内容写入日志的规则，以及调查时会问到却查不到的内容：Pod 中的命令、',
      '权限变更、令牌、Webhook 等；分别针对人员、管理员、服务账号和未登录者，并给出作出决定的规则。退出码：0 没有问题；',
      '1 有问题；3 用法错误。',
    ].join('\n'),
  },
  flag: {
    audit: '说明该策略会从这些审计日志（文件或文件夹，可重复）中写下多少',
    goal: '必须能回答的问题，如 commands-in-pods、rights-changed、secrets-read；可重复（默认：全部）',
    also: '此外以 Metadata 记录什么：needs（不记录其他）、changes（变更）或 everything（全部）',
    policy: '审计策略文件（audit.k8s.io/v1）',
    requests: '请求文件，每行一个 JSON 对象；- 表示标准输入',
  },
  notYaml: (p) => `${p.place}：${p.problem}；请修正该文件`,
  noPolicy: (p) =>
    `${p.file} 中没有 audit.k8s.io/v1 的 Policy${p.seen === '' ? '' : `（其中有 ${p.seen}）`}；请给出 --audit-policy-file 所用的文件`,
  severalPolicies: (p) => `${p.file} 中有 ${p.count} 个审计策略；API 服务器只接受一个，请为它单独建一个文件`,
  tooLarge: (p) => `${p.file} 超过 ${p.bytes} 字节，不会是审计策略；请给出 --audit-policy-file 所用的文件`,
  refused: (p) => `API 服务器无法以 ${p.file} 启动：${p.reason}；请先修正`,
  ignored: (p) => `API 服务器会忽略 ${p.warning}`,
  unusableLine: '该行不是 UTF-8，或长度超过 1 MiB',
  wrongField: (p) => (p.field === '' ? '该行不是 JSON 对象' : `字段 ${p.field} 的类型不对`),
  refusedField: (p) => `API 服务器无法以此启动：${p.message}`,
  clean: (p) => `${p.file}：没有问题`,
  finding: {
    unreachable: (p) => `没有请求会落到这条规则：${p.before} 已先匹配其全部请求`,
    matchesNothing: (p) => `“${p.value}”不匹配任何请求：此处的值不是模式，动词须为 API 的动词`,
    noOutcome: (p) => `没有事件说明这些请求的结果：略去了 ${p.stages}`,
    receivedToo:
      '每个请求产生两个事件，其中第一个（RequestReceived）比第二个内容少：可在顶层 omitStages 中略去',
    leak: (p) => `级别 ${p.level} 会把凭据写入日志：对 ${p.resource} 的 ${p.verbs}；用 Metadata 即可知道是谁`,
    gap: (p) =>
      `${p.need}：${p.actors.join('、')}对 ${p.resource} 的 ${p.verbs}${p.level === 'None' ? '不留任何事件' : `仅以 ${p.level} 记录`}，需要 ${p.needed}`,
  },
  volume: {
    kept: (p) =>
      `日志量：日志中 ${p.of} 个事件的 ${p.events} 个，${p.ofBytes} 中的 ${p.bytes}${p.perDay === '' ? '' : `，每天约 ${p.perDay}`}`,
    largest: (p) => `  ${p.bytes}  ${p.events} × ${p.requests}`,
    larger: (p) => `至少如此：其中 ${p.count} 个事件还会含有此日志未显示的正文`,
    unseen: '至少如此：日志已略去的内容未计入',
    unmeasured: (p) => `${p.count} 个事件没有级别和阶段，未计入`,
    nothing: '日志量：日志中没有可以度量的事件',
  },
  policyHead: (p) => [
    `由 kubestride ${p.version} audit policy generate 生成；作为 --audit-policy-file 交给 API 服务器。`,
    '它能回答：',
    ...p.goals.map((goal) => `- ${goal}`),
    ...(p.also === 'needs'
      ? ['不记录其他内容。']
      : [p.also === 'changes' ? '其他变更以 Metadata 记录。' : '其他一切以 Metadata 记录。']),
  ],
  reason: {
    health: '健康检查和 API 描述：随时都有，对谁都一样',
    leases: '心跳与选举',
    events: '事件自成日志；删除事件会被记录',
    'node-status': 'kubelet 不断上报节点和 Pod 的状态',
    reviews: '查询权限，不改变任何内容',
    rest: '其他请求：谁、何时',
  },
  actor: {
    person: '人员',
    administrator: '管理员',
    'service-account': '服务账号',
    stranger: '未登录者',
  },
  need: {
    'commands-in-pods': '谁在 Pod 中执行了什么',
    'debug-containers': '谁向 Pod 加入了调试容器',
    'secrets-read': '谁读取了 Secret',
    'secrets-changed': '谁更改了 Secret',
    'rights-changed': '谁更改了权限，改成了什么',
    'tokens-issued': '谁取得了服务账号的令牌',
    'certificates-issued': '谁取得了客户端证书',
    'workloads-changed': '谁启动了什么',
    'interception-changed': '谁更改了 Webhook、准入策略和 API',
    'nodes-reached': '谁经由 API 服务器访问或移除了节点',
    'network-changed': '谁放开了网络',
    'configuration-changed': '谁更改了 ConfigMap',
    'accounts-and-namespaces-changed': '谁更改了服务账号和名字空间',
    'storage-changed': '谁更改了卷',
    'evidence-removed': '谁删除了事件',
    strangers: '未登录者做了什么',
  },
  noRule: '没有规则',
  without: (p) => `不含 ${p.stages}`,
};
