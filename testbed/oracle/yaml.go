package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

// yamlQuestion holds a stream of YAML documents (base64 in JSON); Strict asks for duplicate keys to be refused.
type yamlQuestion struct {
	Data   []byte `json:"data"`
	Strict bool   `json:"strict"`
}

type yamlDocument struct {
	JSON  json.RawMessage `json:"json,omitempty"`
	Error string          `json:"error,omitempty"`
}

func init() {
	operations["yaml"] = answerYAML
}

// answerYAML splits the stream as apimachinery does and decodes every document as sigs.k8s.io/yaml does. A document
// that is refused does not end the stream: the reader goes on with the line after it.
func answerYAML(raw json.RawMessage) (any, error) {
	var question yamlQuestion
	if err := json.Unmarshal(raw, &question); err != nil {
		return nil, err
	}
	reader := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(question.Data)))
	documents := []yamlDocument{}
	for {
		text, err := reader.Read()
		if err == io.EOF {
			return map[string]any{"documents": documents}, nil
		}
		if err != nil {
			documents = append(documents, yamlDocument{Error: err.Error()})
			continue
		}
		documents = append(documents, decodeYAML(text, question.Strict))
	}
}

func decodeYAML(text []byte, strict bool) (document yamlDocument) {
	defer func() {
		if fault := recover(); fault != nil {
			document = yamlDocument{Error: fmt.Sprintf("panic: %v", fault)}
		}
	}()
	decode := yaml.YAMLToJSON
	if strict {
		decode = yaml.YAMLToJSONStrict
	}
	converted, err := decode(text)
	if err != nil {
		return yamlDocument{Error: err.Error()}
	}
	return yamlDocument{JSON: converted}
}
