import type { access as words } from './access.en.ts';

export const access: typeof words = {
  brief: {
    can: '说明某个主体能否做某件事，以及依据哪个绑定、角色和规则',
    whoCan: '列出所有能做某件事的主体',
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
    review: [
      '像 API 服务器一样接受 SubjectAccessReview 或其 spec：不会为组添加任何内容。使用 -o json 时，每行以',
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
  decision: { allow: '是', deny: '否', 'no-opinion': '否', unknown: '未知' },
  elsewhere: (p) => `${p.word}，但在 ${p.namespaces} 中为是`,
  bound: (p) => `${p.binding} 把 ${p.role} 授予 ${p.subject}`,
  allowed: (p) => `${p.role === '' ? '' : `${p.role} 的 `}${p.path}：${p.rule}`,
  rule: (p) => `可对 ${p.what}${p.names === '' ? ' ' : `（名称：${p.names}）`}执行 ${p.verbs}`,
  asked: (p) => `${p.user} ${p.verb} ${p.resource}${p.namespace === '' ? '' : `（名字空间 ${p.namespace}）`}`,
  unusableLine: () => '该行超过 1 MiB，或者不是 UTF-8',
  nobody: () => '没有任何主体',
  privileged: () => '每个 API 服务器都允许这个组做任何事',
  byAuthorizer: (p) => `由鉴权器 ${p.authorizer} 决定`,
  onlyIn: (p) => `仅在 ${p.namespaces} 中`,
  others: (p) => `可能还有其他主体：${p.unseen}`,
  builtIn: () => '（由每个 API 服务器创建）',
  blind: {
    list: (p) => `未读取 ${p.list}（${p.reason}）`,
    namespace: (p) => `未读取名字空间 ${p.namespace}`,
    documents: (p) => `有 ${p.count} 个文档或文件没有读取`,
    role: (p) => `某个绑定授予的 ${p.role} 不在来源之中`,
  },
  notes: {
    unknownResource: (p) =>
      `已知的 API 中没有资源 "${p.resource}"，因此按原样视为核心组的资源${p.near.length === 0 ? '' : `；您是想用 ${p.near.join(' 或 ')} 吗？`}`,
    unknownVerb: (p) => `"${p.verb}" 不是 ${p.resource} 的动词：${p.verbs.join('、')}`,
    clusterScoped: (p) => `${p.resource} 不属于任何名字空间，因此 --namespace ${p.namespace} 没有作用`,
  },
};
