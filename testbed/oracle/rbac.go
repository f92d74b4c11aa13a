package main

import (
	"context"
	"encoding/json"
	"fmt"
	"sort"

	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apiserver/pkg/authorization/authorizer"
	"k8s.io/kubernetes/plugin/pkg/auth/authorizer/rbac"
	"k8s.io/kubernetes/plugin/pkg/auth/authorizer/rbac/bootstrappolicy"
)

// rbacWorld is every object that the RBAC authorizer knows; it lists bindings in the order in which they came.
type rbacWorld struct {
	Roles               []*rbacv1.Role               `json:"roles"`
	ClusterRoles        []*rbacv1.ClusterRole        `json:"clusterRoles"`
	RoleBindings        []*rbacv1.RoleBinding        `json:"roleBindings"`
	ClusterRoleBindings []*rbacv1.ClusterRoleBinding `json:"clusterRoleBindings"`
	// Bootstrap adds what every API server creates, where the world has nothing of that kind and name.
	Bootstrap bool `json:"bootstrap"`

	roles        map[[2]string]*rbacv1.Role
	clusterRoles map[string]*rbacv1.ClusterRole
	bindings     map[string][]*rbacv1.RoleBinding
}

// prepare makes the world what it is in the end on a server, and its indexes; of two objects with one name the first counts.
func (w *rbacWorld) prepare() {
	if w.Bootstrap {
		w.addBootstrap()
	}
	aggregate(w.ClusterRoles)
	w.roles = map[[2]string]*rbacv1.Role{}
	for _, role := range w.Roles {
		if _, known := w.roles[[2]string{role.Namespace, role.Name}]; !known {
			w.roles[[2]string{role.Namespace, role.Name}] = role
		}
	}
	w.clusterRoles = map[string]*rbacv1.ClusterRole{}
	for _, role := range w.ClusterRoles {
		if _, known := w.clusterRoles[role.Name]; !known {
			w.clusterRoles[role.Name] = role
		}
	}
	w.bindings = map[string][]*rbacv1.RoleBinding{}
	for _, binding := range w.RoleBindings {
		w.bindings[binding.Namespace] = append(w.bindings[binding.Namespace], binding)
	}
}

// addBootstrap adds what NewPolicy and its hook create: k8s.io/kubernetes/pkg/registry/rbac/rest.
func (w *rbacWorld) addBootstrap() {
	named := map[[3]string]bool{}
	for _, role := range w.Roles {
		named[[3]string{"Role", role.Namespace, role.Name}] = true
	}
	for _, role := range w.ClusterRoles {
		named[[3]string{"ClusterRole", "", role.Name}] = true
	}
	for _, binding := range w.RoleBindings {
		named[[3]string{"RoleBinding", binding.Namespace, binding.Name}] = true
	}
	for _, binding := range w.ClusterRoleBindings {
		named[[3]string{"ClusterRoleBinding", "", binding.Name}] = true
	}
	for _, role := range append(bootstrappolicy.ClusterRoles(), bootstrappolicy.ControllerRoles()...) {
		if !named[[3]string{"ClusterRole", "", role.Name}] {
			w.ClusterRoles = append(w.ClusterRoles, &role)
		}
	}
	for _, binding := range append(bootstrappolicy.ClusterRoleBindings(), bootstrappolicy.ControllerRoleBindings()...) {
		if !named[[3]string{"ClusterRoleBinding", "", binding.Name}] {
			w.ClusterRoleBindings = append(w.ClusterRoleBindings, &binding)
		}
	}
	for _, namespace := range sortedKeys(bootstrappolicy.NamespaceRoles()) {
		for _, role := range bootstrappolicy.NamespaceRoles()[namespace] {
			if !named[[3]string{"Role", namespace, role.Name}] {
				w.Roles = append(w.Roles, &role)
			}
		}
	}
	for _, namespace := range sortedKeys(bootstrappolicy.NamespaceRoleBindings()) {
		for _, binding := range bootstrappolicy.NamespaceRoleBindings()[namespace] {
			if !named[[3]string{"RoleBinding", namespace, binding.Name}] {
				w.RoleBindings = append(w.RoleBindings, &binding)
			}
		}
	}
}

func sortedKeys[V any](values map[string]V) []string {
	keys := make([]string, 0, len(values))
	for key := range values {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}

func (w *rbacWorld) GetRole(_ context.Context, namespace, name string) (*rbacv1.Role, error) {
	if role := w.roles[[2]string{namespace, name}]; role != nil && namespace != "" {
		return role, nil
	}
	return nil, apierrors.NewNotFound(rbacv1.Resource("role"), name)
}

func (w *rbacWorld) GetClusterRole(_ context.Context, name string) (*rbacv1.ClusterRole, error) {
	if role := w.clusterRoles[name]; role != nil {
		return role, nil
	}
	return nil, apierrors.NewNotFound(rbacv1.Resource("clusterrole"), name)
}

func (w *rbacWorld) ListRoleBindings(_ context.Context, namespace string) ([]*rbacv1.RoleBinding, error) {
	return w.bindings[namespace], nil
}

func (w *rbacWorld) ListClusterRoleBindings(context.Context) ([]*rbacv1.ClusterRoleBinding, error) {
	return w.ClusterRoleBindings, nil
}

type rbacAnswer struct {
	Decision string `json:"decision"`
	// Reason names the binding and the role that allow, or says what could not be resolved, such as a role that does
	// not exist; the decision holds all the same.
	Reason string `json:"reason"`
}

func (w *rbacWorld) decide(requests []accessRequest) ([]rbacAnswer, error) {
	decisions := map[authorizer.Decision]string{
		authorizer.DecisionAllow: "allow", authorizer.DecisionDeny: "deny", authorizer.DecisionNoOpinion: "no-opinion",
	}
	judge := rbac.New(w, w, w, w)
	answers := make([]rbacAnswer, 0, len(requests))
	for _, request := range requests {
		decision, reason, err := judge.Authorize(context.Background(), request.attributes())
		if err != nil {
			return nil, err
		}
		answers = append(answers, rbacAnswer{decisions[decision], reason})
	}
	return answers, nil
}

// rbac: {"roles", "clusterRoles", "roleBindings", "clusterRoleBindings", "bootstrap", "requests"} → what the RBAC
// authorizer decides on each request: "allow", "deny" (which it never says) or "no-opinion".
func init() {
	operations["rbac"] = func(question json.RawMessage) (any, error) {
		var asked struct {
			rbacWorld
			Requests []accessRequest `json:"requests"`
		}
		if err := json.Unmarshal(question, &asked); err != nil {
			return nil, err
		}
		asked.prepare()
		return asked.decide(asked.Requests)
	}
}

// aggregate fills ClusterRoles with the rules of those that they select, until nothing changes, as the controller does
// in the end: syncClusterRole of k8s.io/kubernetes/pkg/controller/clusterroleaggregation, which needs a running server.
// Rules that such a role came with are overwritten by it, so they are not begun with: among roles that select each other
// they would go round for ever. They stay where there are none to overwrite them with, as the controller uses server-side
// apply. A role whose selector is invalid stays as it is.
func aggregate(roles []*rbacv1.ClusterRole) {
	sorted := append([]*rbacv1.ClusterRole{}, roles...)
	sort.Slice(sorted, func(i, j int) bool { return sorted[i].Name < sorted[j].Name })
	selectors := map[*rbacv1.ClusterRole][]labels.Selector{}
	stated := map[*rbacv1.ClusterRole][]rbacv1.PolicyRule{}
	for _, role := range sorted {
		if role.AggregationRule == nil {
			continue
		}
		if selected, err := selectorsOf(role); err == nil {
			selectors[role], stated[role], role.Rules = selected, role.Rules, nil
		}
	}
	for changed := true; changed; {
		changed = false
		for _, role := range sorted {
			rules := []rbacv1.PolicyRule{}
			known := map[string]bool{}
			for _, selector := range selectors[role] {
				for _, other := range sorted {
					if other.Name == role.Name || !selector.Matches(labels.Set(other.Labels)) {
						continue
					}
					for _, rule := range other.Rules {
						// Equal are the same lists in the same order; none is the same as an empty one.
						key := fmt.Sprintf("%q", [][]string{rule.Verbs, rule.APIGroups, rule.Resources, rule.ResourceNames, rule.NonResourceURLs})
						if !known[key] {
							known[key] = true
							rules = append(rules, rule)
						}
					}
				}
			}
			// Rules are only ever added, so the number tells; their order may go round as well.
			if len(rules) > len(role.Rules) {
				role.Rules = rules
				changed = true
			}
		}
	}
	for role, rules := range stated {
		if len(role.Rules) == 0 {
			role.Rules = rules
		}
	}
}

func selectorsOf(role *rbacv1.ClusterRole) ([]labels.Selector, error) {
	selectors := []labels.Selector{}
	for i := range role.AggregationRule.ClusterRoleSelectors {
		selector, err := metav1.LabelSelectorAsSelector(&role.AggregationRule.ClusterRoleSelectors[i])
		if err != nil {
			return nil, err
		}
		selectors = append(selectors, selector)
	}
	return selectors, nil
}
