package main

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"

	"golang.org/x/net/http/httpproxy"
	utilnet "k8s.io/apimachinery/pkg/util/net"
	_ "k8s.io/client-go/plugin/pkg/client/auth/oidc"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// kubeconfig: {"explicit": path, "files": [path, …], "context": name} is loaded as kubectl does; answers which server it
// reaches, what it trusts and which headers it sends. Files are read and exec plugins run, but nothing is sent.
// proxy: {"url", "https", "http", "no"} answers the proxy that the environment's variables name for the URL.
func init() {
	operations["kubeconfig"] = func(question json.RawMessage) (any, error) {
		var asked struct {
			Explicit string   `json:"explicit"`
			Files    []string `json:"files"`
			Context  string   `json:"context"`
		}
		if err := json.Unmarshal(question, &asked); err != nil {
			return nil, err
		}
		rules := &clientcmd.ClientConfigLoadingRules{ExplicitPath: asked.Explicit, Precedence: asked.Files}
		overrides := &clientcmd.ConfigOverrides{CurrentContext: asked.Context}
		loaded := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, overrides)
		config, err := loaded.ClientConfig()
		if err != nil {
			return nil, err
		}
		namespace, _, err := loaded.Namespace()
		if err != nil {
			return nil, err
		}
		server, _, err := rest.DefaultServerUrlFor(config)
		if err != nil {
			return nil, err
		}
		if _, err := rest.TLSConfigFor(config); err != nil {
			return nil, err
		}
		headers, err := headersOf(config, server)
		if err != nil {
			return nil, err
		}
		proxy := ""
		if config.Proxy != nil {
			found, err := config.Proxy(&http.Request{URL: server})
			if err != nil {
				return nil, err
			}
			proxy = found.String()
		}
		return map[string]any{
			"server": server.String(), "namespace": namespace, "proxy": proxy, "headers": headers,
			"insecure": config.Insecure, "serverName": config.ServerName, "disableCompression": config.DisableCompression,
			"caFile": config.CAFile, "caData": config.CAData,
			"certFile": config.CertFile, "certData": config.CertData, "keyFile": config.KeyFile, "keyData": config.KeyData,
		}, nil
	}
	operations["proxy"] = func(question json.RawMessage) (any, error) {
		var asked struct {
			URL   string `json:"url"`
			HTTPS string `json:"https"`
			HTTP  string `json:"http"`
			No    string `json:"no"`
		}
		if err := json.Unmarshal(question, &asked); err != nil {
			return nil, err
		}
		target, err := url.Parse(asked.URL)
		if err != nil {
			return nil, err
		}
		if err := os.Setenv("NO_PROXY", asked.No); err != nil {
			return nil, err
		}
		variables := httpproxy.Config{HTTPSProxy: asked.HTTPS, HTTPProxy: asked.HTTP, NoProxy: asked.No}
		choose := variables.ProxyFunc()
		proxier := utilnet.NewProxierWithNoProxyCIDR(func(request *http.Request) (*url.URL, error) {
			return choose(request.URL)
		})
		found, err := proxier(&http.Request{URL: target})
		if err != nil || found == nil {
			return map[string]string{"proxy": ""}, err
		}
		return map[string]string{"proxy": found.String()}, nil
	}
}

type headerRecorder struct{ seen http.Header }

func (recorder *headerRecorder) RoundTrip(request *http.Request) (*http.Response, error) {
	recorder.seen = request.Header
	return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody, Request: request}, nil
}

func headersOf(config *rest.Config, server *url.URL) (http.Header, error) {
	recorder := &headerRecorder{}
	wrapped, err := rest.HTTPWrappersForConfig(config, recorder)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequest(http.MethodGet, server.String(), nil)
	if err != nil {
		return nil, err
	}
	if _, err := wrapped.RoundTrip(request); err != nil {
		return nil, err
	}
	return recorder.seen, nil
}
