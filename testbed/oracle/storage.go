package main

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"k8s.io/kube-openapi/pkg/util"
	"k8s.io/kube-openapi/pkg/validation/spec"
	"k8s.io/kubernetes/pkg/generated/openapi"
)

// storage answers what the table of `schema` does not say of a struct's fields, by the same ids: which are pointers, and
// by which keys the items of its lists are told apart. src/kubernetes/schema/storage.ts says what its parts mean.
func init() {
	operations["storage"] = func(json.RawMessage) (any, error) {
		walk := schemaWalk{ids: map[reflect.Type]int{}}
		if _, err := walk.kinds(); err != nil {
			return nil, err
		}
		definitions := openapi.GetOpenAPIDefinitions(func(name string) spec.Ref {
			return spec.MustCreateRef("#/" + name)
		})
		answer := map[string]any{}
		for goType, id := range walk.ids {
			if goType.Kind() != reflect.Struct || goType.NumField() == 0 {
				continue
			}
			if _, ok := walk.types[id].([]any); !ok {
				continue
			}
			described := storedStruct{Lists: map[string]string{}}
			described.add(goType)
			name := util.GetCanonicalTypeName(reflect.New(goType).Elem().Interface())
			if namer, ok := reflect.New(goType).Elem().Interface().(interface{ OpenAPIModelName() string }); ok {
				name = namer.OpenAPIModelName()
			}
			for field, property := range definitions[name].Schema.Properties {
				if keys := listKeys(property); keys != "" {
					described.Lists[field] = keys
				}
			}
			if len(described.Pointers) > 0 || len(described.Lists) > 0 {
				answer[fmt.Sprint(id)] = described
			}
		}
		return answer, nil
	}
}

type storedStruct struct {
	Pointers []string          `json:"pointers,omitempty"`
	Lists    map[string]string `json:"lists,omitempty"`
}

func (s *storedStruct) add(goType reflect.Type) {
	for i := range goType.NumField() {
		field := goType.Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "-" || (!field.IsExported() && !field.Anonymous) {
			continue
		}
		if field.Anonymous && name == "" {
			target := field.Type
			if target.Kind() == reflect.Pointer {
				target = target.Elem()
			}
			if target.Kind() == reflect.Struct {
				s.add(target)
				continue
			}
		}
		if name == "" {
			name = field.Name
		}
		if field.Type.Kind() == reflect.Pointer {
			s.Pointers = append(s.Pointers, name)
		}
	}
}

// listKeys answers "name" or "port,protocol" for a list that is a map by those keys, "=" for a set, and nothing for others.
func listKeys(property spec.Schema) string {
	switch property.Extensions["x-kubernetes-list-type"] {
	case "set":
		return "="
	case "map":
		keys := []string{}
		for _, key := range property.Extensions["x-kubernetes-list-map-keys"].([]interface{}) {
			keys = append(keys, key.(string))
		}
		return strings.Join(keys, ",")
	}
	return ""
}
