import type { access as words } from './access.en.ts';

export const access: typeof words = {
  brief: {
    can: '说明某个主体能否做某件事，以及依据哪个绑定、角色和规则',
  },
  full: {
    can: [
      'kubestride access can SUBJECT VERB RESOURCE [PATH…] 像 API 服务器一样回答是或否，依据来源中的角色与绑定，',
      '以及每个 API 服务器自行创建的那些。给出 --namespace 时针对该名字空间提问，否则针对所有名字空间和整个集群。',
      '',
      '退出码：0 是；1 否；2 无法判定，因为由 Webhook 决定，或者没有读到全部内容；3 用法错误或内部错误。',
    ].join('\n'),
  },
  argument: {
    subject: 'alice 或 User:alice、Group:devs、ServiceAccount:NAMESPACE/NAME 或 sa:NAMESPACE/NAME',
    verb: 'get、list、watch、create、update、patch、delete、deletecollection，或以 * 表示全部',
    resource: 'pods、deploy.apps、pods/log（子资源）、pods/web（某个对象），或 /healthz 之类的路径',
  },
};
