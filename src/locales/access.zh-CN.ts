import type { access as words } from './access.en.ts';

export const access: typeof words = {
  brief: {
    can: '说明某个主体能否做某件事，以及依据哪个绑定、角色和规则',
    whoCan: '列出所有能做某件事的主体',
    of: '以矩阵显示某个主体能做的一切',
    diff: '说明一次变更授予和收回了什么，以及涉及谁',
    review: '回答 SubjectAccessReview，每行一个 JSON 对象',
  },
  full: {
    can: [
      'kubestride access can SUBJECT VERB RESOURCE [PATH…] 像 API 服务器一样回答是或否，依据来源中的角色与绑定，',
      '以及每个 API 服务器自行创建的那些。给出 --namespace 时针对该名字空间提问，否则针对所有名字空间和整个集群。',
      '',
      '退出码：0 是；1 否；2 无法判定，因为由 Webhook 决定，或者没有读到全部内容；3 用法错误或内部错误。',
    ].join('\n'),
    whoCan: [
      'kubestride access who-can VERB RESOURCE [PATH…] 列出能这样做的用户、组和服务账号，以及相应的绑定。',
      '给出 --namespace 时针对该名字空间提问，否则针对所有名字空间和整个集群；只在个别名字空间中能这样做的主体单独列出。',
      '',
      '退出码：0 已回答；2 可能还有其他主体，因为由 Webhook 决定，或者没有读到全部内容；3 用法错误或内部错误。',
    ].join('\n'),
    of: [
      'kubestride access of SUBJECT [PATH…] 显示角色直接或通过组授予该主体的权限：先是处处有效的，再按名字空间列出仅在其中',
      '有效的。--namespace 会略去所有其他名字空间。',
      '',
      '退出码：0 已回答；2 可能还有更多，因为没有读到全部内容，或者还有其他鉴权器参与决定；3 用法错误或内部错误。',
    ].join('\n'),
    diff: [
      'kubestride access diff BEFORE AFTER 比较两个路径或证据包（*.kse）；kubestride access diff PATH… --cluster 比较清单与运行中的',
      '集群。要看的是每个主体最终能做什么：绑定被拆分，或者授予主体已有的权限，都不算变化。授予组的权限归于组，而不归于其成员。',
      '',
      '退出码：1 授予了以前没有的权限（--fail-on difference：收回也算；--fail-on never：为 0）；2 没有读到或比较全部内容，允许得更多的',
      '角色没有已知的持有者，或某个来源没有对象；其余为 0；3 用法错误或内部错误。',
    ].join('\n'),
    review: [
      '像 API 服务器一样接受 SubjectAccessReview 或其 spec：不会向组列表添加任何内容。使用 -o json 时，每行以',
      '{"allowed","denied","reason"} 回答，不是提问的行以 {"error"} 回答。无法判定的既非允许也非拒绝，并带有 "unknown": true。',
      '',
      '退出码：0 全部已回答；2 有的行不是提问或无法判定，或者没有找到对象；3 用法错误或内部错误。',
    ].join('\n'),
  },
  argument: {
    subject: 'alice 或 User:alice、Group:devs、ServiceAccount:NAMESPACE/NAME 或 sa:NAMESPACE/NAME',
    verb: 'get、list、watch、create、update、patch、delete、deletecollection，或以 * 表示全部',
    resource: 'pods、deploy.apps、pods/log（子资源）、pods/web（某个对象），或 /healthz 之类的路径',
  },
  flag: {
    diffNamespace: '只比较这个名字空间，以及处处有效的权限',
    failOn: '何时以 1 退出：有授予、有任何差异，或从不：granted、difference 或 never',
  },
  decision: { allow: '是', deny: '否', 'no-opinion': '否', unknown: '未知' },
  elsewhere: (p) => `${p.word}；在名字空间 ${p.namespaces} 中可以`,
  bound: (p) => `${p.binding} 把 ${p.role} 授予 ${p.subject}`,
  allowed: (p) => `${p.role === '' ? '' : `${p.role} 的 `}${p.path}：${p.rule}`,
  rule: (p) => `可对 ${p.what}${p.names === '' ? ' ' : `（名称：${p.names}）`}执行 ${p.verbs}`,
  asked: (p) => `${p.user} ${p.verb} ${p.resource}${p.namespace === '' ? '' : `（名字空间 ${p.namespace}）`}`,
  unusableLine: () => '该行超过 1 MiB，或者不是 UTF-8',
  nobody: () => '没有任何主体',
  privileged: () => '每个 API 服务器都允许这个组做任何事',
  failedCondition: (p) => `被拒绝，因为 ${p.authorizer} 的匹配条件求值失败：${p.expression}（${p.problem}）`,
  byAuthorizer: (p) => `由鉴权器 ${p.authorizer} 决定`,
  holder: (p) => `${p.subject}，所属的组：${p.groups}`,
  nothing: () => '什么也不能做',
  everything: (p) =>
    p.by === 'AlwaysAllow'
      ? '可以做任何事：鉴权器 AlwaysAllow 允许任何主体做任何事'
      : '可以做任何事：每个 API 服务器都允许 system:masters 组',
  everywhere: () => '处处有效',
  inNamespace: (p) => `在名字空间 ${p.namespace} 中`,
  more: (p) => `可能还有更多：${p.unseen}`,
  granted: () => '授予',
  revoked: () => '收回',
  unheld: () => '有变化但不知道由谁持有的角色，其绑定可能在别处',
  unheldColumns: () => ['', '角色', '动词', '对象'],
  unheldSaid: (p) =>
    `有 ${p.count} 个发生变化的角色在来源中没有持有者；在别处被绑定的主体能做的事可能变多或变少`,
  noDifference: () => '没有任何主体能做的事变多或变少',
  notCompared: (p) => `比较不完整：${p.unseen}`,
  diffColumns: () => ['', '主体', '范围', '动词', '对象', '绑定'],
  byNode: (p) => `由 Node 鉴权器允许：${p.subjects}`,
  onlyIn: (p) => `仅在 ${p.namespaces} 中`,
  others: (p) => `可能还有其他主体：${p.unseen}`,
  authorizers: (p) =>
    `询问的鉴权器：${p.authorizers}（${p.statedBy === '' ? '按通常情况假定；来源中没有 API 服务器' : `依据 ${p.statedBy}`}）`,
  problem: {
    'missing-role': (p) => `${p.name} 不存在`,
    'unusable-role-reference': (p) => `"${p.name}" 不是此绑定能授予的角色`,
    'subject-without-namespace': (p) => `ServiceAccount ${p.name} 需要写明名字空间；这样写不指代任何主体`,
    'unusable-subject': (p) =>
      p.name === '' ? '主体没有 kind' : `主体 "${p.name}" 不是带名称的 User、Group 或 ServiceAccount`,
    'stated-twice': () => '声明了不止一次；每一个都计入',
    'invalid-selector': () => 'Kubernetes 拒绝该选择算符，因此不会据此聚合任何规则',
    'aggregation-cycle': (p) => `取用 ${p.name} 的规则，而后者又取用它的规则`,
    'no-rules': () => '该角色没有规则',
    'empty-rule': () => '该规则不允许任何操作',
    'unknown-api-group': (p) => `来源中没有定义 API 组 ${p.name}`,
    'matches-nothing': (p) =>
      `"${p.name}" 不匹配任何请求；星号只能单独出现、位于子资源之前（*/scale）或路径末尾`,
    'version-as-group': (p) => `"${p.name}" 不是 API 组；组的写法不含版本，v1 的组是 ""`,
    'resources-and-paths': () => 'Kubernetes 拒绝同时针对资源和路径的规则',
    'paths-in-role': () => 'Kubernetes 拒绝 Role 中的路径，因为路径不属于任何名字空间',
  },
  moreProblems: (p) => `角色与绑定另有 ${p.count} 处问题；-o json 会全部列出`,
  processOf: (p) => `节点 ${p.node} 上的进程`,
  builtIn: () => '（由每个 API 服务器创建）',
  blind: {
    list: (p) => `未读取 ${p.list}（${p.reason}）`,
    namespace: (p) => `只读取了名字空间 ${p.only}`,
    documents: (p) => `有 ${p.count} 个文档或文件没有读取`,
    authorizer: (p) =>
      p.type === 'AlwaysAllow'
        ? '鉴权器 AlwaysAllow 允许任何主体做任何事'
        : p.type === 'Node'
          ? 'Node 鉴权器允许节点做的比列出的更多：它的 Pod 所需要的，以及属于它自己的'
          : `${p.type === '' ? p.name : p.type === 'Webhook' ? `Webhook ${p.name}` : `鉴权器 ${p.type}`} 也参与决定`,
    configuration: (p) => `API 服务器不接受为其配置的鉴权器：${p.problem}`,
    authorizers: (p) => `API 服务器询问的鉴权器与以前不同（以前 ${p.before}，之后 ${p.after}）`,
    nodes: (p) =>
      `没有看到可能使节点与之相关的全部 Pod 和卷${p.nodes === '' ? '' : `：${p.nodes}${p.more ? '，…' : ''}`}`,
    role: (p) => `${p.binding} 授予 ${p.role}，而它不在来源之中`,
  },
  notes: {
    unknownResource: (p) =>
      `已知的 API 中没有资源 "${p.resource}"，因此按原样视为核心组的资源${p.near.length === 0 ? '' : `；您是想用 ${p.near.join(' 或 ')} 吗？`}`,
    unknownVerb: (p) => `"${p.verb}" 不是 ${p.resource} 的动词：${p.verbs.join('、')}`,
    clusterScoped: (p) => `${p.resource} 不属于任何名字空间，因此 --namespace ${p.namespace} 没有作用`,
  },
};
