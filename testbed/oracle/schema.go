package main

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"sort"
	"strings"

	apiresource "k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// schema answers one table of every Go type that an API object is decoded into. The repository keeps it as
// src/kubernetes/schema/schema.generated.json; table.ts beside that file says what its parts mean and how to make it again.
func init() {
	operations["schema"] = func(json.RawMessage) (any, error) {
		walk := schemaWalk{ids: map[reflect.Type]int{}}
		kinds, err := walk.kinds()
		if err != nil {
			return nil, err
		}
		return map[string]any{"kinds": kinds, "types": walk.types}, nil
	}
}

// kinds visits every kind, in the same order each time.
func (w *schemaWalk) kinds() (map[string]map[string]int, error) {
	kinds := map[string]map[string]int{}
	gvks := []string{}
	known := builtIn.AllKnownTypes()
	byName := map[string]reflect.Type{}
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
		apiVersion, kind, _ := strings.Cut(name, " ")
		if kinds[apiVersion] == nil {
			kinds[apiVersion] = map[string]int{}
		}
		id, err := w.visit(byName[name])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		kinds[apiVersion][kind] = id
	}
	return kinds, nil
}

// requestKinds are registered in every group version for the API server's own use; no manifest holds them.
var requestKinds = map[string]bool{
	"CreateOptions": true, "DeleteOptions": true, "GetOptions": true, "ListOptions": true, "PatchOptions": true,
	"UpdateOptions": true, "WatchEvent": true, "PodAttachOptions": true, "PodExecOptions": true, "PodLogOptions": true,
	"PodPortForwardOptions": true, "PodProxyOptions": true, "NodeProxyOptions": true, "ServiceProxyOptions": true,
	"APIGroup": true, "APIGroupList": true, "APIResourceList": true, "APIVersions": true, "ConversionRequest": true,
	"ConversionReview": true,
}

var specialTypes = map[reflect.Type]string{
	reflect.TypeFor[apiresource.Quantity](): "q",
	reflect.TypeFor[intstr.IntOrString]():   "x",
	reflect.TypeFor[metav1.Time]():          "t",
	reflect.TypeFor[metav1.MicroTime]():     "m",
	reflect.TypeFor[metav1.Duration]():      "d",
	reflect.TypeFor[metav1.FieldsV1]():      "a",
	reflect.TypeFor[runtime.RawExtension](): "a",
	reflect.TypeFor[runtime.Unknown]():      "a",
}

// opaqueTypes have decoders of their own that the table does not describe: what they hold is not checked.
var opaqueTypes = map[string]bool{"JSONSchemaProps": true, "JSON": true, "TimeOrMetaDuration": true, "QuantityValue": true}

type schemaWalk struct {
	ids   map[reflect.Type]int
	types []any
}

// visit answers the id of a type. Pointers are looked through: the decoder allocates them and reports the type they
// point to; only a null Duration is different behind a pointer, which the id of *Duration keeps.
func (w *schemaWalk) visit(goType reflect.Type) (int, error) {
	pointer := goType.Kind() == reflect.Pointer
	if pointer && goType.Elem() != reflect.TypeFor[metav1.Duration]() {
		return w.visit(goType.Elem())
	}
	if id, ok := w.ids[goType]; ok {
		return id, nil
	}
	id := len(w.types)
	w.ids[goType] = id
	w.types = append(w.types, nil)
	described, err := w.describe(goType)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", goType, err)
	}
	w.types[id] = described
	return id, nil
}

func (w *schemaWalk) describe(goType reflect.Type) (any, error) {
	if goType.Kind() == reflect.Pointer {
		return "D", nil
	}
	if special, ok := specialTypes[goType]; ok {
		return special, nil
	}
	if opaqueTypes[goType.Name()] {
		return "a", nil
	}
	address := reflect.PointerTo(goType)
	if address.Implements(reflect.TypeFor[json.Unmarshaler]()) || address.Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) {
		return nil, fmt.Errorf("has a decoder that the table does not know")
	}
	named := func(code string) string {
		if goType.PkgPath() == "" {
			return code
		}
		return code + " " + goType.String()
	}
	switch goType.Kind() {
	case reflect.String:
		return named("s"), nil
	case reflect.Bool:
		return named("b"), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		bits := fmt.Sprint(goType.Bits())
		code := map[bool]string{true: "u", false: "i"}[strings.HasPrefix(goType.Kind().String(), "u")]
		return code + bits + " " + goType.String(), nil
	case reflect.Float64:
		return named("f"), nil
	case reflect.Interface:
		return "a", nil
	case reflect.Slice:
		if goType.Elem().Kind() == reflect.Uint8 {
			return "y " + goType.String(), nil
		}
		item, err := w.visit(goType.Elem())
		return fmt.Sprintf("[%d %s", item, goType), err
	case reflect.Map:
		if goType.Key().Kind() != reflect.String {
			return nil, fmt.Errorf("has keys that are no strings")
		}
		value, err := w.visit(goType.Elem())
		return fmt.Sprintf("{%d %s", value, goType), err
	case reflect.Struct:
		fields := map[string]any{}
		if err := w.fields(goType, "", fields); err != nil {
			return nil, err
		}
		return []any{goType.String(), fields}, nil
	}
	return nil, fmt.Errorf("kind %s is not known", goType.Kind())
}

// fields adds a struct's fields by JSON name. A field that comes from an embedded struct is [type, path of Go names],
// since the decoder's messages name the embedding.
func (w *schemaWalk) fields(goType reflect.Type, path string, into map[string]any) error {
	for i := range goType.NumField() {
		field := goType.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "-" || (!field.IsExported() && !field.Anonymous) {
			continue
		}
		if strings.Contains(options, "string") {
			return fmt.Errorf("%s is a quoted value", field.Name)
		}
		target := field.Type
		if target.Kind() == reflect.Pointer {
			target = target.Elem()
		}
		if field.Anonymous && name == "" && target.Kind() == reflect.Struct {
			if err := w.fields(target, path+field.Name+".", into); err != nil {
				return err
			}
			continue
		}
		if name == "" {
			name = field.Name
		}
		if _, twice := into[name]; twice {
			return fmt.Errorf("%s stands in two embedded structs", name)
		}
		id, err := w.visit(field.Type)
		if err != nil {
			return err
		}
		if path == "" {
			into[name] = id
		} else {
			into[name] = []any{id, strings.TrimSuffix(path, ".")}
		}
	}
	return nil
}
