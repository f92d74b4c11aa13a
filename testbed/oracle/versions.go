package main

import (
	"encoding/json"
	"fmt"
	"sort"

	"k8s.io/apimachinery/pkg/runtime/schema"
	utilversion "k8s.io/apimachinery/pkg/util/version"
	"k8s.io/apimachinery/pkg/version"
	"k8s.io/client-go/kubernetes/scheme"
)

// api-version-compare: {"a","b"} → the sign of CompareKubeAwareVersionStrings.
// group-version: {"text"} → schema.ParseGroupVersion. release: {"text"} → ParseGeneric's major and minor.
// removed-apis: one answer, every type of k8s.io/api whose lifecycle names the release of its removal.
func init() {
	operations["api-version-compare"] = func(question json.RawMessage) (any, error) {
		var asked struct{ A, B string }
		if err := json.Unmarshal(question, &asked); err != nil {
			return nil, err
		}
		result := version.CompareKubeAwareVersionStrings(asked.A, asked.B)
		switch {
		case result < 0:
			return -1, nil
		case result > 0:
			return 1, nil
		}
		return 0, nil
	}
	operations["group-version"] = func(question json.RawMessage) (any, error) {
		var asked struct{ Text string }
		if err := json.Unmarshal(question, &asked); err != nil {
			return nil, err
		}
		gv, err := schema.ParseGroupVersion(asked.Text)
		if err != nil {
			return nil, err
		}
		return map[string]string{"group": gv.Group, "version": gv.Version}, nil
	}
	operations["release"] = func(question json.RawMessage) (any, error) {
		var asked struct{ Text string }
		if err := json.Unmarshal(question, &asked); err != nil {
			return nil, err
		}
		parsed, err := utilversion.ParseGeneric(asked.Text)
		if err != nil {
			return nil, err
		}
		return map[string]uint{"major": parsed.Major(), "minor": parsed.Minor(), "patch": parsed.Patch()}, nil
	}
	operations["removed-apis"] = func(json.RawMessage) (any, error) {
		type lifecycle interface{ APILifecycleRemoved() (major, minor int) }
		type replaced interface {
			APILifecycleReplacement() schema.GroupVersionKind
		}
		removed := [][]string{}
		for gvk := range scheme.Scheme.AllKnownTypes() {
			object, err := scheme.Scheme.New(gvk)
			if err != nil {
				return nil, err
			}
			marked, ok := object.(lifecycle)
			if !ok {
				continue
			}
			major, minor := marked.APILifecycleRemoved()
			replacement := ""
			if with, ok := object.(replaced); ok {
				replacement = with.APILifecycleReplacement().GroupVersion().String()
			}
			removed = append(removed, []string{
				gvk.GroupVersion().String(), gvk.Kind, fmt.Sprintf("%d.%d", major, minor), replacement,
			})
		}
		sort.Slice(removed, func(i, j int) bool { return fmt.Sprint(removed[i]) < fmt.Sprint(removed[j]) })
		return removed, nil
	}
}
