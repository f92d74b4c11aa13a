package main

import (
	"encoding/json"

	"k8s.io/apimachinery/pkg/api/resource"
)

// quantity: {"value": <any JSON>} → the canonical string and the value as float64, or the refusal.
// {"value": …, "other": …} also answers how the two compare.
func init() {
	operations["quantity"] = func(question json.RawMessage) (any, error) {
		var asked struct {
			Value json.RawMessage `json:"value"`
			Other json.RawMessage `json:"other"`
		}
		if err := json.Unmarshal(question, &asked); err != nil {
			return nil, err
		}
		var value resource.Quantity
		if err := value.UnmarshalJSON(asked.Value); err != nil {
			return nil, err
		}
		// String and the conversions cache and promote in place, so each gets its own copy.
		text, number, zero := value.DeepCopy(), value.DeepCopy(), value.DeepCopy()
		answer := map[string]any{
			"string": text.String(),
			"number": number.AsFloat64Slow(),
			"zero":   zero.IsZero(),
			"sign":   zero.Sign(),
			"format": value.Format,
		}
		if len(asked.Other) > 0 {
			var other resource.Quantity
			if err := other.UnmarshalJSON(asked.Other); err != nil {
				return nil, err
			}
			answer["compare"] = value.Cmp(other)
		}
		return answer, nil
	}
}
