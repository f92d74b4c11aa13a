package main

import (
	"encoding/json"
	"reflect"
	"sort"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
)

// kept answers, by the ids of the schema table, the fields that an object shows even where they are zero: those without
// omitempty, and structs that are no pointers. src/engines/admission/shapes.ts says how the file is made again.
func init() {
	operations["kept"] = func(json.RawMessage) (any, error) {
		walk := schemaWalk{ids: map[reflect.Type]int{}}
		known := builtIn.AllKnownTypes()
		byName := map[string]reflect.Type{}
		gvks := []string{}
		for gvk, goType := range known {
			if gvk.Version == runtime.APIVersionInternal || requestKinds[gvk.Kind] {
				continue
			}
			name := gvk.GroupVersion().String() + " " + gvk.Kind
			gvks = append(gvks, name)
			byName[name] = goType
		}
		sort.Strings(gvks)
		for _, name := range gvks {
			if _, err := walk.visit(byName[name]); err != nil {
				return nil, err
			}
		}
		answer := map[int]string{}
		for goType, id := range walk.ids {
			if _, isStruct := walk.types[id].([]any); !isStruct {
				continue
			}
			if fields := keptFields(goType); len(fields) > 0 {
				sort.Strings(fields)
				answer[id] = strings.Join(fields, " ")
			}
		}
		return answer, nil
	}
}

func keptFields(goType reflect.Type) []string {
	kept := []string{}
	for i := range goType.NumField() {
		field := goType.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "-" || (!field.IsExported() && !field.Anonymous) {
			continue
		}
		if field.Anonymous && name == "" {
			target := field.Type
			if target.Kind() == reflect.Pointer {
				target = target.Elem()
			}
			if target.Kind() == reflect.Struct {
				kept = append(kept, keptFields(target)...)
				continue
			}
		}
		if name == "" {
			name = field.Name
		}
		all := strings.Split(options, ",")
		has := func(option string) bool {
			for _, one := range all {
				if one == option {
					return true
				}
			}
			return false
		}
		if !has("omitzero") && (!has("omitempty") || field.Type.Kind() == reflect.Struct) {
			kept = append(kept, name)
		}
	}
	return kept
}
