package main

import (
	"encoding/json"
	"maps"
	"slices"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/kubernetes/plugin/pkg/auth/authorizer/rbac/bootstrappolicy"
)

// bootstrap answers with the roles and bindings that every API server creates at start (PostStartHook of
// k8s.io/kubernetes/pkg/registry/rbac/rest), as they are created: aggregated roles have no rules before a controller
// gives them theirs. src/engines/authorization/bootstrap.ts says how the file is made again.
func init() {
	operations["bootstrap"] = func(json.RawMessage) (any, error) {
		objects := []any{}
		typed := func(kind string) metav1.TypeMeta {
			return metav1.TypeMeta{APIVersion: rbacv1.SchemeGroupVersion.String(), Kind: kind}
		}
		for _, role := range append(bootstrappolicy.ClusterRoles(), bootstrappolicy.ControllerRoles()...) {
			role.TypeMeta = typed("ClusterRole")
			objects = append(objects, role)
		}
		for _, binding := range append(bootstrappolicy.ClusterRoleBindings(), bootstrappolicy.ControllerRoleBindings()...) {
			binding.TypeMeta = typed("ClusterRoleBinding")
			objects = append(objects, binding)
		}
		roles := bootstrappolicy.NamespaceRoles()
		for _, namespace := range slices.Sorted(maps.Keys(roles)) {
			for _, role := range roles[namespace] {
				role.TypeMeta = typed("Role")
				objects = append(objects, role)
			}
		}
		bindings := bootstrappolicy.NamespaceRoleBindings()
		for _, namespace := range slices.Sorted(maps.Keys(bindings)) {
			for _, binding := range bindings[namespace] {
				binding.TypeMeta = typed("RoleBinding")
				objects = append(objects, binding)
			}
		}
		return objects, nil
	}
}
