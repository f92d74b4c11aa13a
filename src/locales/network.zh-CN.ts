import type { network as en } from './network.en.ts';

function nearText(near: readonly string[]): string {
  return near.length === 0 ? '' : `；您是想用 ${near.join(' 或 ')} 吗？`;
}

/** `kubestride network` 的文字。 */
export const network: typeof en = {
  brief: {
    connections: '列出谁能访问谁、通过哪些端口',
    diff: '说明一次变更放行了什么、阻止了什么',
    unused: '说明哪些策略和规则不起作用，哪些选择算符没有匹配',
    query: '说明一端能否访问另一端，以及由哪条策略和规则决定',
  },
  full: {
    connections: [
      'kubestride network connections [路径…] 列出来源中的策略放行的每一对工作负载和地址块，以及协议和端口。同一工作负载的 Pod 之间的流量不列出。',
      'Ingress、Gateway API 的路由和 Route 作为单独的一端 ingress-controller。--focus、--from、--to 和 --port 只显示其中一部分。',
      '-o svg 和 -o mermaid 画成图：连接相同的工作负载合为一个节点，对所有 Pod 都成立的合为一个箭头。',
      '',
      '退出码：0 全部已知；2 有未知项，因为某条策略所用的语言不作评估、被 API 服务器拒绝或未被读取，或者没有找到任何对象；3 用法错误或内部错误。',
    ].join('\n'),
    diff: [
      'kubestride network diff 之前 之后 比较两个路径或证据包（*.kse）；kubestride network diff 路径… --cluster 将清单与运行中的集群比较。',
      '比较的是最终能通过什么，而不是策略的写法。',
      '',
      '退出码：1 有以前不能通过而现在能通过的（--fail-on difference：或有被阻止的；--fail-on never：0）；2 其中一个状态有未知项，或某个来源没有对象；',
      '其他情况为 0；3 用法错误或内部错误。',
    ].join('\n'),
    unused: [
      'kubestride network unused [路径…] 指出没有选中来源中任何 Pod 或不改变任何流量的策略、被其他规则覆盖的规则，以及没有匹配任何 Pod 的对端，',
      '并给出像是笔误的标签。默认拒绝的策略从不算作多余。',
      '',
      '退出码：0 没有；1 有；2 并非全部得到评估，或没有找到任何对象；3 用法错误或内部错误。',
    ].join('\n'),
    query: [
      'kubestride network query FROM TO [PORT] [路径…] 询问一对端点；不给 PORT 时列出开放的端口。使用 --probes 文件时每行回答一个问题：',
      '{"from":"shop/web","to":"shop/db","protocol":"TCP","port":5432}；端点是以“名字空间/名称”给出的 Pod 或工作负载，或 {"ip":"…"}。',
      '',
      '退出码：0 允许（使用 --probes 时：全部已回答）；1 不允许；2 未知；3 用法错误或内部错误。',
    ].join('\n'),
  },
  argument: {
    from: 'Pod 或工作负载（名字空间/名称），或地址',
    to: 'Pod 或工作负载（名字空间/名称），或地址',
    port: '80、UDP/53 或 TCP/http；不给则为所有端口',
  },
  flag: {
    format: 'txt、json、csv、md、dot、svg 或 mermaid',
    focus: '只看此工作负载（名字空间/名称或名称）发出或收到的',
    from: '只看此工作负载（或 ingress-controller）发出的',
    to: '只看此工作负载收到的',
    port: '只看此端口：80 或 UDP/53',
    failOn: '何时以 1 退出：有新放行的、有任何差异或从不：granted、difference 或 never',
    probes: '回答此文件中的问题，每行一个 JSON 对象；- 表示标准输入',
  },
  direction: { ingress: '入站', egress: '出站' },
  answer: { yes: '是', no: '否', unknown: '未知' },
  allPorts: '所有端口',
  noPort: '没有端口',
  maybe: (p) => `未知：${p.ports}`,
  because: {
    allowed: (p) => `由 ${p.rule} 允许（${p.place}）`,
    denied: (p) => `由 ${p.rule} 拒绝（${p.place}）`,
    'passed-on': (p) => `由 ${p.rule} 交给下一层（${p.place}）`,
    undecided: (p) => `可能由 ${p.rule} 决定（${p.place}），其对端在此未知`,
    'no-rule': (p) => `被 ${p.policies} 隔离，其中没有规则允许`,
    'host-network': (p) => `使用节点网络，${p.policies} 是否生效取决于网络插件`,
    'own-node': () => '来自其所在节点，NetworkPolicy 无法拒绝',
    'maybe-own-node': () => '对端可能算作其所在节点，那样无论 NetworkPolicy 如何都会通过；这取决于网络插件',
    'not-isolated': () => '没有策略涉及，因此通过',
    'not-evaluated': (p) => `未评估：${p.policies}`,
    itself: () => 'Pod 总能访问自身',
  },
  unusedBecause: {
    'selects-nothing': (p) => `没有选中这里的任何 Pod${nearText(p.near)}`,
    'peer-matches-nothing': (p) => `没有匹配这里的任何 Pod${nearText(p.near)}`,
    'rule-without-effect': () => '不起作用：其内容已被其他规则全部放行或阻止',
    'policy-without-effect': () => '不起作用：没有它，通过的流量相同',
  },
  nothingUnused: (p) => `没有：${p.policies} 条策略及其所有规则都起作用`,
  noDifference: '没有差异',
  only: { before: '已消失的工作负载', after: '新的工作负载' },
  table: { from: '从', to: '到', ports: '端口' },
  nobody: (p) =>
    `没有 Pod 或工作负载 ${p.name}${p.near.length > 0 ? `；您是想用 ${p.near.join(' 或 ')} 吗？` : '；请以“名字空间/名称”给出'}`,
  several: (p) => `有多个工作负载名为 ${p.name}；请指明其中之一：${p.choices.join('、')}`,
  nobodyFound: () => '没有找到工作负载，因此没有可到达的对象',
  noWorkload: (p) => `${p.flag}：没有工作负载 ${p.name}${nearText(p.near)}`,
  notAFocus: (p) => `--port："${p.value}" 不是端口：80 或 UDP/53`,
  notAnEnd: (p) => `"${p.value}" 既不是地址，也不是“名字空间/名称”`,
  noPod: () => '两端中至少有一端必须是 Pod 或工作负载',
  notAPort: (p) => `"${p.value}" 不是端口：应为 1 到 65535 的数字，或 Pod 的端口名称`,
  notAProtocol: (p) => `"${p.value}" 不是协议：TCP、UDP 或 SCTP`,
  noSuchPort: (p) => `${p.pod} 没有名为 ${p.name} 的端口`,
  unusableLine: () => '一个探测是一个带有 from、to、protocol 和 port 的 JSON 对象',
  refused: (p) =>
    `API 服务器拒绝 ${p.policy}（${p.place}）：${p.path}${p.value === '' ? '' : ` 为 "${p.value}"`}；已排除`,
  readAsMeant: (p) => `API 服务器因 ${p.path} 拒绝 ${p.policy}（${p.place}）；按其本意读取`,
  opaque: (p) => `未评估：${p.policy}；它的决定未知`,
  missingNamespace: (p) =>
    `${p.policy}（${p.place}）属于名字空间 ${p.namespace}，这里既没有该 Namespace，也没有其中的 Pod：它不约束任何对象`,
  samePriority: (p) =>
    `${p.rule}（${p.place}）与 ${p.other}（${p.otherPlace}）在优先级 ${p.priority} 上相互矛盾：谁先生效没有定义`,
  problemCounts: (p) => {
    const parts = [
      ...(p.refused > 0 ? [`已排除 ${p.refused} 条`] : []),
      ...(p.readAsMeant > 0 ? [`按本意读取 ${p.readAsMeant} 条`] : []),
      ...(p.opaque > 0 ? [`未评估 ${p.opaque} 条`] : []),
      ...(p.unordered > 0 ? [`相互矛盾 ${p.unordered} 对`] : []),
      ...(p.strays > 0 ? [`名字空间不存在的 ${p.strays} 条`] : []),
    ];
    return `策略：${parts.join('，')}`;
  },
  unknownPairs: (p) => `${p.count} 对之间未知`,
};
