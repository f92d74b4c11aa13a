import type { DiffWords } from './diff-words.ts';

const zhCN: DiffWords = {
  title: '差异',
  objects: '对象',
  findings: '发现',
  notCompared: '未比较',
  changed: '有变化',
  added: '仅在后者',
  removed: '仅在前者',
  newFinding: '新增',
  goneFinding: '消失',
  because: {
    default: '由 API 服务器填入',
    server: '由集群分配',
    controller: '由控制器更改',
    edit: '更改者',
    unknown: '不知道由谁更改',
  },
  reasons: {
    forbidden: 'API 服务器拒绝了列表请求',
    'not-asked': '未请求读取',
    unavailable: '该 API 不可用',
    incomplete: '列表未能读完',
    'unknown-version': '仅以 KubeStride 不认识的版本提供',
    unread: '无法读取',
    'kind-not-listed': '不从集群读取此类对象',
    'values-not-read': '从不从集群读取 Secret 的值',
    'generated-name': '每次创建都会得到不同的名称',
  },
  absent: '（无）',
  explained: {
    owner: (by) => `由 ${by} 创建`,
    system: () => '每个集群都有',
    'managed-by': (by) => `由 ${by} 管理`,
  },
  objectCount: (count) => `${count} 个对象`,
  path: '字段',
  before: '之前',
  after: '之后',
  why: '原因',
  same: '没有差异',
  counts: ({ changed, added, removed, same, newFindings, goneFindings }) =>
    `${changed} 个对象有变化，${added} 个仅在后者，${removed} 个仅在前者，${same} 个相同；` +
    `新增 ${newFindings} 个发现，消失 ${goneFindings} 个。`,
  notCounted: ({ defaults, server, owned, system, managed }) =>
    `未计入：${defaults} 个由 API 服务器填入的字段，${server} 个由集群分配的字段；` +
    `${owned} 个由其他对象创建的对象，${system} 个每个集群都有的对象，${managed} 个由其他工具管理的对象（--all 可列出）。`,
};

export default zhCN;
