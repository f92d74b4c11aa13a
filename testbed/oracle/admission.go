package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"sort"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"

	celgo "github.com/google/cel-go/cel"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/apiserver/pkg/admission"
	admissioncel "k8s.io/apiserver/pkg/admission/plugin/cel"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/cel/environment"
)

// celQuestion asks for expressions over one object. Objects of built-in kinds are decoded into their Go types, as the
// API server has them; others stay as they are.
type celQuestion struct {
	Expressions []string        `json:"expressions"`
	Variables   []celVariable   `json:"variables"`
	Object      json.RawMessage `json:"object"`
	OldObject   json.RawMessage `json:"oldObject"`
	Params      json.RawMessage `json:"params"`
	Namespace   json.RawMessage `json:"namespace"`
	Operation   string          `json:"operation"`
}

type celVariable struct {
	Name       string `json:"name"`
	Expression string `json:"expression"`
}

type celAnswer struct {
	Refused string `json:"refused,omitempty"`
	Value   any    `json:"value,omitempty"`
	Error   string `json:"error,omitempty"`
	Cost    int64  `json:"cost"`
}

type anyExpression struct{ expression string }

func (a *anyExpression) GetExpression() string      { return a.expression }
func (a *anyExpression) ReturnTypes() []*celgo.Type { return []*celgo.Type{celgo.AnyType} }

type namedExpression struct {
	anyExpression
	name string
}

func (n *namedExpression) GetName() string { return n.name }

func init() {
	operations["cel"] = answerCel
}

var celOptions = admissioncel.OptionalVariableDeclarations{HasParams: true, HasAuthorizer: true}

const celBudget = int64(1) << 60

func answerCel(raw json.RawMessage) (any, error) {
	var question celQuestion
	if err := json.Unmarshal(raw, &question); err != nil {
		return nil, err
	}
	attributes, err := celAttributes(question)
	if err != nil {
		return nil, err
	}
	params, err := decodeObject(question.Params)
	if err != nil {
		return nil, err
	}
	var namespace *corev1.Namespace
	if len(question.Namespace) > 0 && string(question.Namespace) != "null" {
		namespace = &corev1.Namespace{}
		if err := utiljson.Unmarshal(question.Namespace, namespace); err != nil {
			return nil, err
		}
	}
	request := admissioncel.CreateAdmissionRequest(attributes.Attributes,
		metav1.GroupVersionResource(attributes.GetResource()), metav1.GroupVersionKind(attributes.VersionedKind))
	answers := make([]celAnswer, len(question.Expressions))
	for i, expression := range question.Expressions {
		compiler, err := compilerFor(question.Variables)
		if err != nil {
			return nil, err
		}
		var refused error
		for _, variable := range question.Variables {
			result := compiler.CompileAndStoreVariable(&namedExpression{anyExpression{variable.Expression}, variable.Name}, celOptions, environment.StoredExpressions)
			if result.Error != nil && refused == nil {
				refused = result.Error
			}
		}
		if refused != nil {
			answers[i] = celAnswer{Refused: refused.Error()}
			continue
		}
		evaluator := compiler.CompileCondition([]admissioncel.ExpressionAccessor{&anyExpression{expression}}, celOptions, environment.StoredExpressions)
		if problems := evaluator.CompilationErrors(); len(problems) > 0 {
			answers[i] = celAnswer{Refused: problems[0].Error()}
			continue
		}
		results, left, err := evaluator.ForInput(context.Background(), attributes, request,
			admissioncel.OptionalVariableBindings{VersionedParams: params}, admissioncel.CreateNamespaceObject(namespace), celBudget)
		switch {
		case err != nil:
			answers[i] = celAnswer{Error: err.Error()}
		case results[0].Error != nil:
			answers[i] = celAnswer{Error: results[0].Error.Error(), Cost: celBudget - left}
		default:
			answers[i] = celAnswer{Value: plainValue(results[0].EvalResult), Cost: celBudget - left}
		}
	}
	return answers, nil
}

var withoutVariables *admissioncel.CompositedCompiler

// compilerFor answers a new compiler where it will learn variables; making one takes longer than most expressions.
func compilerFor(variables []celVariable) (*admissioncel.CompositedCompiler, error) {
	if len(variables) == 0 && withoutVariables != nil {
		return withoutVariables, nil
	}
	compiler, err := admissioncel.NewCompositedCompiler(environment.MustBaseEnvSet(environment.DefaultCompatibilityVersion()))
	if err == nil && len(variables) == 0 {
		withoutVariables = compiler
	}
	return compiler, err
}

func celAttributes(question celQuestion) (*admission.VersionedAttributes, error) {
	object, err := decodeObject(question.Object)
	if err != nil {
		return nil, err
	}
	oldObject, err := decodeObject(question.OldObject)
	if err != nil {
		return nil, err
	}
	gvk := object.GetObjectKind().GroupVersionKind()
	meta, err := metaOf(object)
	if err != nil {
		return nil, err
	}
	operation := admission.Operation(question.Operation)
	if operation == "" {
		operation = admission.Create
	}
	resource := schema.GroupVersionResource{Group: gvk.Group, Version: gvk.Version, Resource: "things"}
	record := admission.NewAttributesRecord(object, oldObject, gvk, meta.GetNamespace(), meta.GetName(), resource, "",
		operation, nil, true, &user.DefaultInfo{Name: "someone", Groups: []string{"system:authenticated"}})
	return &admission.VersionedAttributes{
		Attributes:         record,
		VersionedKind:      gvk,
		VersionedObject:    admission.NewLazyObject(object),
		VersionedOldObject: admission.NewLazyObject(oldObject),
	}, nil
}

func metaOf(object runtime.Object) (metav1.Object, error) {
	accessor, ok := object.(metav1.Object)
	if ok {
		return accessor, nil
	}
	return nil, fmt.Errorf("%T has no metadata", object)
}

// decodeObject reads an object as the API server holds it: nil for null, its Go type for built-in kinds.
func decodeObject(raw json.RawMessage) (runtime.Object, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return nil, nil
	}
	free := &unstructured.Unstructured{}
	if err := utiljson.Unmarshal(raw, &free.Object); err != nil {
		return nil, err
	}
	gvk := free.GroupVersionKind()
	if !builtIn.Recognizes(gvk) {
		return free, nil
	}
	typed, err := builtIn.New(gvk)
	if err != nil {
		return nil, err
	}
	if err := utiljson.Unmarshal(raw, typed); err != nil {
		return nil, err
	}
	typed.GetObjectKind().SetGroupVersionKind(gvk)
	return typed, nil
}

// plainValue writes a CEL value as JSON that keeps types apart.
func plainValue(value ref.Val) any {
	switch v := value.(type) {
	case types.Null:
		return map[string]any{"null": true}
	case types.Bool:
		return bool(v)
	case types.String:
		return string(v)
	case types.Int:
		return map[string]any{"int": fmt.Sprint(int64(v))}
	case types.Uint:
		return map[string]any{"uint": fmt.Sprint(uint64(v))}
	case types.Double:
		return map[string]any{"double": fmt.Sprintf("%g", float64(v))}
	case types.Bytes:
		return map[string]any{"bytes": base64.StdEncoding.EncodeToString(v)}
	case types.Timestamp:
		return map[string]any{"timestamp": v.ConvertToType(types.StringType).Value()}
	case types.Duration:
		return map[string]any{"duration": fmt.Sprint(int64(v.Duration))}
	case *types.Optional:
		if v.HasValue() {
			return map[string]any{"optional": plainValue(v.GetValue())}
		}
		return map[string]any{"optional": nil}
	case *types.Type:
		return map[string]any{"type": v.TypeName()}
	case traits.Lister:
		items := []any{}
		for it := v.Iterator(); it.HasNext() == types.True; {
			items = append(items, plainValue(it.Next()))
		}
		return map[string]any{"list": items}
	case traits.Mapper:
		entries := [][]any{}
		for it := v.Iterator(); it.HasNext() == types.True; {
			key := it.Next()
			entries = append(entries, []any{plainValue(key), plainValue(v.Get(key))})
		}
		sort.Slice(entries, func(i, j int) bool {
			a, _ := json.Marshal(entries[i][0])
			b, _ := json.Marshal(entries[j][0])
			return string(a) < string(b)
		})
		return map[string]any{"map": entries}
	case *types.Unknown:
		return map[string]any{"unknown": true}
	}
	return map[string]any{"opaque": value.Type().TypeName()}
}
