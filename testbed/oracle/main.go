// Command oracle answers questions with Kubernetes' own libraries, so that differential tests can hold
// KubeStride's engines to the real answers. `oracle OPERATION` reads one JSON question a line from standard
// input and writes one JSON answer a line, in order.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"sort"
)

// handler answers one question; an error becomes {"error": "..."} on that line.
type handler func(question json.RawMessage) (any, error)

var operations = map[string]handler{}

func main() {
	if len(os.Args) != 2 || operations[os.Args[1]] == nil {
		names := make([]string, 0, len(operations))
		for name := range operations {
			names = append(names, name)
		}
		sort.Strings(names)
		fmt.Fprintf(os.Stderr, "usage: oracle OPERATION < questions.jsonl\noperations: %v\n", names)
		os.Exit(3)
	}
	answer := operations[os.Args[1]]
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriterSize(os.Stdout, 1<<20)
	defer out.Flush()
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	decoder := json.NewDecoder(in)
	for decoder.More() {
		var question json.RawMessage
		if err := decoder.Decode(&question); err != nil {
			fmt.Fprintf(os.Stderr, "oracle: unreadable question: %v\n", err)
			os.Exit(3)
		}
		result, err := answer(question)
		if err != nil {
			result = map[string]string{"error": err.Error()}
		}
		if err := encoder.Encode(result); err != nil {
			fmt.Fprintf(os.Stderr, "oracle: %v\n", err)
			os.Exit(3)
		}
	}
}
