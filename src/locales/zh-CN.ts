import type { UiWords } from './words.ts';

export const zhCN: UiWords = {
  threats: {
    spoofing: '伪装',
    tampering: '篡改',
    repudiation: '抵赖',
    'information-disclosure': '信息泄露',
    'denial-of-service': '拒绝服务',
    'elevation-of-privilege': '提升权限',
  },
  severities: { critical: '严重', high: '高', medium: '中', low: '低', info: '提示' },
  confidences: { high: '高置信度', medium: '中等置信度', low: '低置信度' },
  fixes: { none: '无自动修复', conditional: '有条件的修复', safe: '安全的修复', unsafe: '有风险的修复' },
  reading: {
    'invalid-yaml': { what: '不是有效的 YAML，kubectl 也会拒绝', remedy: '请修正所示行处的内容' },
    'invalid-json': { what: '不是有效的 JSON，kubectl 也会拒绝', remedy: '请修正所示行处的内容' },
    'invalid-utf8': { what: '文本不是有效的 UTF-8', remedy: '请将文件保存为 UTF-8 编码' },
    'too-large': {
      what: '文档超出读取器接受的大小',
      remedy: '请拆分文档；如果其中没有 Kubernetes 对象，请将该文件排除',
    },
    'too-deep': {
      what: '文档嵌套层数超出读取器的限制',
      remedy: '请减少嵌套：读取器最多 1,000 层，API 服务器最多 10,000 层',
    },
    refused: { what: 'Kubernetes 会拒绝此文档', remedy: '请按提示修正；kubectl apply 会给出同样的拒绝' },
    'unreadable-file': { what: '无法读取文件', remedy: '请确认文件存在且您有读取权限' },
    'unreadable-folder': { what: '无法读取文件夹', remedy: '请确认您有权列出其内容' },
    'link-not-followed': {
      what: '符号链接指向扫描文件夹之外，未跟随',
      remedy: '如需扫描，请在命令行中指明其目标',
    },
    'missing-kind': {
      what: '对象没有 kind，无法得知其类型',
      remedy: '请添加 kind；如果它不是 Kubernetes 对象，请将该文件排除',
    },
    'missing-api-version': {
      what: '对象没有 apiVersion，无法得知其类型',
      remedy: '请添加 apiVersion；如果它不是 Kubernetes 对象，请将该文件排除',
    },
    'not-an-object': {
      what: '此处应为对象，实际却是列表或标量',
      remedy: '请将每个文档写成带有 apiVersion 和 kind 的映射',
    },
    'top-level-array': {
      what: 'Kubernetes 对象位于裸数组中，kubectl 会拒绝',
      remedy: '请将它们放入 List、分成多个文档，或每行一个 JSON 对象',
    },
    'ambiguous-list': {
      what: '对象带有 items：kubectl 会将其视为列表并丢弃其他字段',
      remedy: '请将列表的 kind 设为 List，或为该对象改用其他字段名',
    },
    'helm-chart-not-rendered': {
      what: '发现 Helm Chart，但未渲染',
      remedy: '请渲染后扫描结果：helm template CHART | kubestride scan -',
    },
    'kustomization-not-rendered': {
      what: '发现 kustomization，但未构建',
      remedy: '请构建后扫描结果：kubectl kustomize FOLDER | kubestride scan -',
    },
    'kustomize-patch': {
      what: 'kustomize 补丁只是对象的一部分',
      remedy: '请扫描构建后的 kustomization：kubectl kustomize FOLDER | kubestride scan -',
    },
    'embedded-object': {
      what: '对象嵌在另一个对象之中，之后才会由后者创建',
      remedy: '请渲染它或将其另存为独立文档，再扫描结果',
    },
    'packed-file': {
      what: '文件经过压缩或加密',
      remedy: '请解压或解密后扫描结果',
    },
    'template-not-rendered': { what: '该文件是模板，不是清单', remedy: '请渲染后扫描结果' },
    forbidden: {
      what: '未知：被禁止。API 服务器拒绝了此列表',
      remedy: '请授予 `kubestride permissions` 输出的权限',
    },
    'not-asked': {
      what: '未知：未请求。此列表未被读取',
      remedy: '请查看 `kubestride scan --help` 中可将其纳入的标志',
    },
    unavailable: {
      what: '未知：不可用。API 服务器无法提供此列表',
      remedy: '请修复聚合 API 或其 APIService，然后重新扫描',
    },
    incomplete: {
      what: '未知：不完整。此列表未能读完',
      remedy: '请检查网络连接与 API 服务器的负载，然后重新扫描',
    },
    'hidden-by-provider': {
      what: '不适用：该程序由云厂商运行，其标志不可见',
      remedy: '请以云厂商自己的说明为准',
    },
    'runs-as-process': {
      what: '未知：该程序不在 Pod 中运行，API 不显示其标志',
      remedy: '请在该节点上运行 `kubestride collect --node`，并一并扫描其证据包',
    },
    'not-looked-at': {
      what: '未知：该程序可能在 Pod 中运行，而 Pod 未显示',
      remedy: '请授予对 pods 的 list 权限（`kubestride permissions` 输出最小角色），然后重新扫描',
    },
    'not-seen': {
      what: '未知：集群中没有任何内容显示该程序',
      remedy: '请在其所在之处运行 `kubestride collect --node`，并一并扫描其证据包',
    },
    'unknown-version': {
      what: '未知：服务器只以 KubeStride 不了解的版本提供此列表',
      remedy: '请人工审查这些对象，或更新 KubeStride',
    },
  },
  unknownReading: { what: '未能读取', remedy: '请人工审查' },
  listNotRead: '结论取决于未能读取的列表：{lists}',
  checkError: '检查项在此对象上出错：{error}。请将其作为缺陷报告',
  sentences: (what, detail, remedy) => `${what}${detail === undefined ? '' : `：${detail}`}。${remedy}。`,

  punctuation: {
    labelled: (label, text) => `${label}：${text}`,
    listed: (items) => items.join('、'),
    aside: (text) => `（${text}）`,
    joined: (sentences) => sentences.join(''),
    sentence: (text) => `${text}。`,
  },

  reportTitle: 'STRIDE 报告',
  at: '位置',
  why: '原因',
  remedy: '修复',
  whyHeading: '为何重要',
  remedyHeading: '如何处理',
  andMore: (count) => `… 以及另外 ${count} 处`,
  jsonListsAll: '-o json 列出全部',
  masked: '已隐藏',

  coverage: '覆盖率',
  threat: '威胁',
  total: '合计',
  applicable: '适用',
  evaluated: '已评估',
  entriesLeftOut: (count) => `限于篇幅，另有 ${count} 项未列出；-o json 列出全部`,

  statusFindings: (count, severity) => `有 ${count} 个严重性为“${severity}”或以上的发现`,
  statusClean: (severity) => `没有严重性为“${severity}”或以上的发现；全部内容均已评估`,
  statusIncomplete: (severity) =>
    `已评估的部分中没有严重性为“${severity}”或以上的发现，但并非全部内容都已评估（见下文）`,
  statusNothing: '未评估任何内容：没有找到 Kubernetes 对象',

  cluster: (name, version, distribution, namespace) =>
    `集群 ${name}${version === undefined ? '' : `，Kubernetes ${version}`}${distribution === undefined ? '' : `，${distribution}`}${namespace === undefined ? '' : `；仅名字空间 ${namespace}，以及不属于任何名字空间的对象`}。`,
  read: (documents, objects) => `已读取 ${documents} 个文档，已评估 ${objects} 个 Kubernetes 对象。`,
  checksLeftOut: (asked, leftOut) =>
    `${asked + leftOut} 个检查项中只运行了 ${asked} 个；其余检查项所看的内容不在此列。`,
  passedOver: (fields) => `以下字段没有检查项读取，已略过：${fields}。`,
  notKubernetes: (documents) => `${documents} 个文档不是 Kubernetes 对象。`,
  ignored: (entries) => `.gitignore 排除了 ${entries} 个文件或文件夹。`,
  notAssessed: '未评估',
  notAssessedCounts: (files, unseen, undecided) =>
    [
      ...(files > 0 ? [`${files} 个文档或文件未读取`] : []),
      ...(unseen > 0 ? [`${unseen} 个列表或程序不可见`] : []),
      ...(undecided > 0 ? [`检查项无法判定的问题有 ${undecided} 个`] : []),
    ].join('，'),
  nothingLeftOut: '无；所有文档均已读取，所有检查项均能判定。',
  moreReasons: (count) => `… 以及另外 ${count} 个原因`,

  sarifTruncated: (kept, leftOut) =>
    `此文件包含最严重的 ${kept} 个结果；另有 ${leftOut} 个未包含，因为代码扫描会拒绝更大的文件。JSON 报告列出全部结果。`,
  sarifDisplayLimit: (shown, results) =>
    `GitHub 代码扫描最多显示此次运行 ${results} 个结果中的 ${shown} 个。`,
  sarifNotificationsTruncated: (leftOut) =>
    `此处另有 ${leftOut} 个未评估的条目未列出。JSON 报告列出全部条目。`,
};
