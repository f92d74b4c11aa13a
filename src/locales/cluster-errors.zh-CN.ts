import type { ErrorParams, KubeconfigExpectation, OidcProblem, PluginProblem } from '../kubernetes/errors.ts';
import type { ClusterErrorCode } from './cluster-errors.en.ts';

function list(value: ErrorParams[string] | undefined): readonly string[] {
  return Array.isArray(value) ? (value as readonly string[]) : [];
}

function choice(p: ErrorParams): string {
  const near = list(p['near']);
  if (near.length > 0) return `；您是想用 ${near.join(' 或 ')} 吗？`;
  const all = list(p['contexts']);
  if (all.length === 0) return '';
  return `；可选：${all.slice(0, 10).join('、')}${all.length > 10 ? ' …' : ''}`;
}

const EXPECTED: Readonly<Record<KubeconfigExpectation, string>> = {
  text: '必须是文本；请加上引号',
  flag: '必须是 true 或 false',
  list: '必须是文本列表',
  map: '必须是映射',
  base64: '不是 base64；请不带换行地编码，或在不带 -data 的字段中指定文件',
  'unique-name': '出现了两次；请只保留其中一项',
  required: '缺失；请补上',
  'interactive-mode': '必须是 Never、IfAvailable 或 Always；请查阅插件的文档',
  'proxy-url': '必须是 http、https 或 socks5 的 URL',
  'server-url': '必须是类似 https://host:6443 的 URL',
  token: '不含令牌；请重新登录',
  certificate: '不含 PEM 格式的证书；请重新获取 kubeconfig',
};

const PLUGIN: Readonly<Record<PluginProblem, string>> = {
  'too-much': '超过 1 MiB 的内容',
  'no-credential': '不是 ExecCredential 的内容',
  'other-version': '其他 apiVersion 的 ExecCredential',
  'no-status': '没有 status 的 ExecCredential',
  'empty-status': '既没有令牌也没有证书的结果',
  'half-a-pair': '只有证书或只有私钥的结果',
  'bad-pair': '互不匹配的证书和私钥',
  'bad-token': '含有 HTTP 头无法携带的字符的令牌',
  'bad-expiry': '不是时间的 expirationTimestamp',
};

const OIDC: Readonly<Record<OidcProblem, string>> = {
  'bad-url': 'idp-issuer-url 不是 URL',
  'not-https': 'refresh-token 会在没有 TLS 的情况下发送；请使用 https',
  discovery: '它没有 .well-known/openid-configuration',
  'no-token-endpoint': '它的配置没有给出 token_endpoint',
  refused: '它拒绝了 refresh-token',
  'no-json': '它的响应不是 JSON',
  'no-id-token': '它的响应中没有 id_token；登录时缺少 openid 范围',
};

function oidcProblem(p: ErrorParams): string {
  // The provider's own code stays as it is.
  return OIDC[p['problem'] as OidcProblem] ?? String(p['problem']);
}

function expected(p: ErrorParams): string {
  return EXPECTED[p['expected'] as KubeconfigExpectation];
}

function files(p: ErrorParams): string {
  return list(p['files']).join('、');
}

function since(p: ErrorParams): string {
  return p['date'] === '' ? '' : `（${p['date']}）`;
}

export const clusterErrors: Readonly<Record<ClusterErrorCode, (p: ErrorParams) => string>> = {
  'kubeconfig-missing': (p) => `--kubeconfig："${p['file']}" 不存在`,
  'kubeconfig-unreadable': (p) => `无法读取 kubeconfig "${p['file']}"：${p['reason']}；请检查它的属主和权限`,
  'kubeconfig-not-yaml': (p) => `kubeconfig "${p['file']}" 在第 ${p['line']} 行有错误：${p['problem']}`,
  'kubeconfig-field-invalid': (p) => `kubeconfig "${p['file']}"：${p['path']} ${expected(p)}`,
  'kubeconfig-conflict': (p) =>
    `kubeconfig "${p['file']}"：${p['path']} 同时设置了 ${list(p['fields']).join(' 和 ')}；请只保留一个`,
  'no-cluster-configured': (p) =>
    `没有 kubeconfig${files(p) === '' ? '' : `（查找过 ${files(p)}）`}，当前也不在 Pod 中；请用 --kubeconfig 或 KUBECONFIG 指定`,
  'no-current-context': (p) =>
    choice(p) === ''
      ? `kubeconfig（${files(p)}）没有指明任何集群；请向云厂商获取，或用 --kubeconfig 指定另一个`
      : `kubeconfig（${files(p)}）没有当前上下文；请用 --context 指定${choice(p)}`,
  'context-not-found': (p) => `${files(p)} 中没有上下文 "${p['context']}"${choice(p)}`,
  'context-refers-to-nothing': (p) =>
    `kubeconfig "${p['file']}"：上下文 "${p['context']}" 引用的${p['field'] === 'user' ? '用户' : '集群'} "${p['name']}" 不存在${choice(p) || '；请补上，或重新获取 kubeconfig'}`,
  'proxy-variable-invalid': (p) => `${p['variable']} 不是 http、https 或 socks5 代理的 URL；请更正或取消设置`,

  'credential-file-unreadable': (p) =>
    `无法读取 "${p['path']}"：${p['reason']}；它是 ${p['kubeconfig']} 中 "${p['entry']}" 的 ${p['field']}`,
  'credential-file-invalid': (p) => `"${p['path']}"（${p['field']}）${expected(p)}`,
  'client-certificate-unusable': (p) =>
    `${p['file']} 中用户 "${p['user']}" 的客户端证书和私钥无法使用：${p['reason']}；请重新获取 kubeconfig`,
  'client-certificate-expired': (p) =>
    `${p['server']} 不接受用户 "${p['user']}"：${p['file']} 中的客户端证书已于 ${p['date']} 过期；请续期`,
  'client-certificate-refused': (p) =>
    `${p['server']} 拒绝了用户 "${p['user']}" 的客户端证书：${p['reason']}；请重新获取 kubeconfig`,
  'credentials-refused': (p) =>
    `${p['server']} 不接受${p['user'] === '' ? '未登录的请求' : `用户 "${p['user']}"（${p['file']}）的登录`}：401；请重新登录，或用 --context 选择其他上下文`,
  'auth-provider-unknown': (p) =>
    `${p['file']} 中的用户 "${p['user']}" 使用 auth-provider "${p['provider']}" 登录，Kubernetes 已不再支持；请向服务商获取使用 exec 插件的 kubeconfig`,
  'oidc-login-expired': (p) =>
    `用户 "${p['user']}" 的 id-token 已过期，且没有 refresh-token；请在 ${p['issuer']} 重新登录`,
  'oidc-refresh-failed': (p) =>
    `无法从 ${p['issuer']} 为用户 "${p['user']}" 取得新的 id-token：${oidcProblem(p)}${p['status'] === 0 ? '' : `（HTTP ${p['status']}）`}；请重新登录`,
  'plugin-version-unknown': (p) =>
    `用户 "${p['user']}" 的插件 "${p['command']}" 使用 "${p['version']}"；需要 client.authentication.k8s.io/v1 或 v1beta1：请更新插件和 kubeconfig`,
  'plugin-not-found': (p) =>
    `用户 "${p['user']}" 登录所需的插件 "${p['command']}" 没有安装${p['hint'] === '' ? '；请安装它，或检查 PATH' : `：${p['hint']}`}`,
  'plugin-needs-terminal': (p) =>
    `用户 "${p['user']}" 的插件 "${p['command']}" 需要交互；请在终端中运行，且不要用 - 作为输入`,
  'plugin-timeout': (p) =>
    `用户 "${p['user']}" 的插件 "${p['command']}" 在 ${p['seconds']} 秒内没有给出凭据；请手动运行它查找原因`,
  'plugin-failed': (p) =>
    `用户 "${p['user']}" 的插件 "${p['command']}" 失败（${p['status']}）${p['line'] === '' ? '' : `：${p['line']}`}；请手动运行它，或用云厂商的工具重新登录`,
  'plugin-answer-invalid': (p) =>
    `用户 "${p['user']}" 的插件 "${p['command']}" 输出了${PLUGIN[p['problem'] as PluginProblem]}，而不是 ${p['version']} 的 ExecCredential；请更新插件`,

  'server-name-unknown': (p) => `无法连接 ${p['server']}：无法解析名称 ${p['host']}；请检查名称、DNS 和 VPN`,
  'server-refuses-connection': (p) =>
    `无法连接 ${p['server']}：该地址没有服务在监听；请检查地址以及 API 服务器是否在运行`,
  'server-unreachable': (p) => `无法连接 ${p['server']}：${p['reason']}；请检查网络、VPN 和防火墙`,
  'connect-timeout': (p) =>
    `无法连接 ${p['server']}：${p['seconds']} 秒内没有建立连接；请检查网络、VPN、防火墙和代理`,
  'server-too-slow': (p) =>
    `${p['server']} 在 ${p['seconds']} 秒内没有继续发送 ${p['path']} 的内容；请在其负载较低时重试`,
  'connection-cut': (p) => `在 ${p['path']} 传完之前，与 ${p['server']} 的连接被切断；请重试`,
  'server-certificate-expired': (p) =>
    `${p['server']} 的证书已过期${since(p)}；请在服务器上续期，或检查本机时钟`,
  'server-certificate-not-yet-valid': (p) => `${p['server']} 的证书尚未生效${since(p)}；请检查本机时钟`,
  'server-certificate-unknown-issuer': (p) =>
    `${p['server']} 的证书由 kubeconfig 未指定的证书机构签发${p['issuer'] === '' ? '' : `（${p['issuer']}）`}；请检查 certificate-authority 和地址`,
  'server-certificate-wrong-name': (p) =>
    `${p['server']} 的证书不适用于 ${p['host']}${list(p['names']).length === 0 ? '' : `，而适用于 ${list(p['names']).join('、')}`}；请检查地址，或设置 tls-server-name`,
  'tls-failed': (p) => `无法与 ${p['server']} 建立 TLS 连接：${p['reason']}；请检查地址及其 TLS 设置`,
  'server-speaks-no-tls': (p) => `${p['server']} 不使用 TLS；请检查端口，或改用 http://`,
  'server-needs-tls': (p) => `${p['server']} 使用 TLS；请在 kubeconfig 中写成 https://`,
  'proxy-unreachable': (p) =>
    `无法通过代理 ${p['proxy']} 连接 ${p['server']}：${p['reason']}；请检查 proxy-url、HTTPS_PROXY 和 NO_PROXY`,
  'proxy-refused': (p) =>
    `代理 ${p['proxy']} 拒绝连接 ${p['server']}（HTTP ${p['status']}）；请检查其规则和凭据，或用 NO_PROXY 排除该服务器`,
  'not-an-api-server': (p) =>
    `${p['server']} 对 ${p['path']} 返回了网页（HTTP ${p['status']}），因此它不是 API 服务器，或前面有登录页；请检查地址，并登录网络`,
  redirected: (p) =>
    `${p['server']} 将 ${p['path']} 重定向${p['location'] === '' ? '' : `到 ${p['location']}`}，API 服务器不会这样做；请检查地址，或登录网络`,
  'cluster-answer-too-large': (p) => `${p['server']} 对 ${p['path']} 的响应超过 ${p['limit']} 字节`,
  'answer-not-json': (p) => `${p['server']} 对 ${p['path']} 的响应不是 JSON；请检查地址`,
  'request-failed': (p) => `向 ${p['server']} 请求 ${p['path']} 失败：${p['reason']}`,
};
