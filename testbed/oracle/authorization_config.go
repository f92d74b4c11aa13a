package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	authorizationv1 "k8s.io/api/authorization/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/apiserver/pkg/authorization/authorizer"
	authorizationcel "k8s.io/apiserver/pkg/authorization/cel"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	kubeauthorizer "k8s.io/kubernetes/pkg/kubeapiserver/authorizer"
)

type authorizationConfigQuestion struct {
	// Config is the text of the file; "@NAME" in it stands for a kubeconfig file whose server is the webhook NAME.
	Config string `json:"config"`
	// Policies is the text of --authorization-policy-file.
	Policies            string                       `json:"policies"`
	Roles               []*rbacv1.Role               `json:"roles"`
	ClusterRoles        []*rbacv1.ClusterRole        `json:"clusterRoles"`
	RoleBindings        []*rbacv1.RoleBinding        `json:"roleBindings"`
	ClusterRoleBindings []*rbacv1.ClusterRoleBinding `json:"clusterRoleBindings"`
	// Webhooks says what each webhook answers ("allow", "deny", "no-opinion", "error"); each entry is a run of all requests.
	Webhooks []map[string]string `json:"webhooks"`
	Requests []accessRequest     `json:"requests"`
}

// authorization-config: the question above → {"refused": "…"} where kube-apiserver does not take the configuration, else
// {"runs": for each entry of "webhooks" what it decides on each request}. The graph of the Node authorizer is empty.
func init() {
	operations["authorization-config"] = func(raw json.RawMessage) (any, error) {
		var asked authorizationConfigQuestion
		if err := json.Unmarshal(raw, &asked); err != nil {
			return nil, err
		}
		hooks := startWebhooks()
		defer hooks.stop()
		folder, err := os.MkdirTemp("", "oracle-authorization-")
		if err != nil {
			return nil, err
		}
		defer os.RemoveAll(folder)
		text, err := hooks.writeKubeconfigs(asked.Config, folder)
		if err != nil {
			return nil, err
		}
		configuration, err := kubeauthorizer.LoadAndValidateData([]byte(text), celCompiler(), nil)
		if err != nil {
			return map[string]string{"refused": err.Error()}, nil
		}
		if len(asked.Requests) == 0 {
			return map[string]any{"runs": []any{}}, nil
		}
		policies := filepath.Join(folder, "policies.jsonl")
		if err := os.WriteFile(policies, []byte(asked.Policies), 0o600); err != nil {
			return nil, err
		}
		factory, err := asked.informers()
		if err != nil {
			return nil, err
		}
		config := kubeauthorizer.Config{
			PolicyFile:                 policies,
			WebhookRetryBackoff:        &wait.Backoff{Duration: time.Millisecond, Steps: 1},
			VersionedInformerFactory:   factory,
			AuthorizationConfiguration: configuration,
		}
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		judge, err := start(ctx, config)
		if err != nil {
			return map[string]string{"refused": err.Error()}, nil
		}
		runs := [][]authorizerAnswer{}
		for _, answers := range asked.Webhooks {
			hooks.answer(answers)
			run, err := askAuthorizer(judge, asked.Requests)
			if err != nil {
				return nil, err
			}
			runs = append(runs, run)
		}
		return map[string]any{"runs": runs}, nil
	}
}

// start makes the chain as kube-apiserver does, which ends with a panic where it is given a webhook that it would be itself.
func start(ctx context.Context, config kubeauthorizer.Config) (judge authorizer.Authorizer, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("panic: %v", fault)
		}
	}()
	judge, _, err = config.New(ctx, "oracle")
	return judge, err
}

// celCompiler is made once: the environment behind it takes longer than most expressions.
var celCompiler = sync.OnceValue(authorizationcel.NewDefaultCompiler)

// informers hold the question's roles and bindings; they are never started.
func (q authorizationConfigQuestion) informers() (informers.SharedInformerFactory, error) {
	client, err := kubernetes.NewForConfig(&rest.Config{Host: "http://127.0.0.1:1"})
	if err != nil {
		return nil, err
	}
	factory := informers.NewSharedInformerFactory(client, 0)
	access := factory.Rbac().V1()
	for _, each := range q.Roles {
		err = access.Roles().Informer().GetIndexer().Add(each)
	}
	for _, each := range q.ClusterRoles {
		err = access.ClusterRoles().Informer().GetIndexer().Add(each)
	}
	for _, each := range q.RoleBindings {
		err = access.RoleBindings().Informer().GetIndexer().Add(each)
	}
	for _, each := range q.ClusterRoleBindings {
		err = access.ClusterRoleBindings().Informer().GetIndexer().Add(each)
	}
	return factory, err
}

// webhooks is one server that stands for all webhooks, told apart by their paths.
type webhooks struct {
	server  *httptest.Server
	lock    sync.Mutex
	answers map[string]string
}

func startWebhooks() *webhooks {
	hooks := &webhooks{}
	hooks.server = httptest.NewServer(hooks)
	return hooks
}

func (w *webhooks) stop() { w.server.Close() }

func (w *webhooks) answer(answers map[string]string) {
	w.lock.Lock()
	defer w.lock.Unlock()
	w.answers = answers
}

func (w *webhooks) ServeHTTP(out http.ResponseWriter, in *http.Request) {
	w.lock.Lock()
	decision := w.answers[strings.TrimPrefix(in.URL.Path, "/")]
	w.lock.Unlock()
	if decision == "error" {
		http.Error(out, "the webhook is down", http.StatusBadRequest)
		return
	}
	review := authorizationv1.SubjectAccessReview{}
	if err := json.NewDecoder(in.Body).Decode(&review); err != nil {
		http.Error(out, err.Error(), http.StatusBadRequest)
		return
	}
	review.Status = authorizationv1.SubjectAccessReviewStatus{Allowed: decision == "allow", Denied: decision == "deny"}
	out.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(out).Encode(review)
}

// writeKubeconfigs puts the path of a kubeconfig in the place of every "@NAME".
func (w *webhooks) writeKubeconfigs(text, folder string) (string, error) {
	for _, name := range []string{"first", "second"} {
		path := filepath.Join(folder, name)
		kubeconfig := fmt.Sprintf(`{"apiVersion":"v1","kind":"Config","current-context":"a",
			"contexts":[{"name":"a","context":{"cluster":"a","user":"a"}}],"users":[{"name":"a","user":{}}],
			"clusters":[{"name":"a","cluster":{"server":"%s/%s"}}]}`, w.server.URL, name)
		if err := os.WriteFile(path, []byte(kubeconfig), 0o600); err != nil {
			return "", err
		}
		text = strings.ReplaceAll(text, "@"+name, path)
	}
	return text, nil
}
