// Cut makes github.json.gz: the paths of paths.txt, and what they refer to. See
// README.md.
package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
)

type object = map[string]any

func main() {
	if len(os.Args) != 2 {
		fail(fmt.Errorf("usage: go run cut.go api.github.com.json"))
	}
	data, err := os.ReadFile(os.Args[1])
	fail(err)
	var whole object
	fail(json.Unmarshal(data, &whole))
	paths, err := wanted("paths.txt")
	fail(err)

	out := object{"openapi": whole["openapi"], "info": whole["info"], "servers": whole["servers"], "components": object{}}
	kept := object{}
	for _, path := range paths {
		item, there := whole["paths"].(object)[path]
		if !there {
			fail(fmt.Errorf("no path %s", path))
		}
		kept[path] = item
	}
	out["paths"] = plain(kept)
	queue := references(out["paths"])
	for done := map[string]bool{}; len(queue) > 0; queue = queue[1:] {
		if ref := queue[0]; !done[ref] {
			done[ref] = true
			queue = append(queue, references(copied(whole, out, ref))...)
		}
	}
	fail(write("github.json.gz", out))
	fmt.Printf("%d paths\n", len(paths))
}

func wanted(file string) (paths []string, err error) {
	data, err := os.ReadFile(file)
	for s := bufio.NewScanner(bytes.NewReader(data)); s.Scan(); {
		paths = append(paths, strings.TrimSpace(s.Text()))
	}
	return paths, err
}

// plain takes prose, examples and extensions away.
func plain(v any) any {
	switch v := v.(type) {
	case object:
		for key, value := range v {
			_, text := value.(string)
			if key == "examples" || key == "example" || key == "externalDocs" || strings.HasPrefix(key, "x-") || text && slices.Contains([]string{"description", "summary"}, key) {
				delete(v, key)
				continue
			}
			v[key] = plain(value)
		}
		if responses, are := v["responses"].(object); are {
			described(responses)
		}
	case []any:
		for i := range v {
			v[i] = plain(v[i])
		}
	}
	return v
}

// described gives responses the prose that they must have.
func described(responses object) {
	for _, r := range responses {
		if r := r.(object); r["$ref"] == nil {
			r["description"] = ""
		}
	}
}

func references(v any) (refs []string) {
	switch v := v.(type) {
	case object:
		if ref, is := v["$ref"].(string); is {
			refs = append(refs, ref)
		}
		for _, value := range v {
			refs = append(refs, references(value)...)
		}
	case []any:
		for _, value := range v {
			refs = append(refs, references(value)...)
		}
	}
	return refs
}

// copied takes one component over, and gives it.
func copied(whole, out object, ref string) any {
	steps := strings.Split(strings.TrimPrefix(ref, "#/"), "/")
	from, to := whole, out
	for _, step := range steps[:len(steps)-1] {
		from = from[step].(object)
		if to[step] == nil {
			to[step] = object{}
		}
		to = to[step].(object)
	}
	last := steps[len(steps)-1]
	to[last] = plain(from[last])
	if steps[1] == "responses" {
		described(object{last: to[last]})
	}
	return to[last]
}

func write(file string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := z.Write(data); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	return os.WriteFile(file, b.Bytes(), 0o644)
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
