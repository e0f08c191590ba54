package settings

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"go.yaml.in/yaml/v3"
)

// Set writes one setting into the user's file and keeps the rest of it, its
// comments too. An empty value removes the setting. It reports whether the
// file changed. The name and the value must have been checked.
func Set(file, name, value string) (changed bool, err error) {
	content, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, fmt.Errorf("read %q: %w", file, err)
	}
	after, err := edit(file, content, name, value)
	if err != nil {
		return false, err
	}
	if bytes.Equal(content, after) {
		return false, nil
	}
	return true, replace(file, after)
}

func edit(file string, content []byte, name, value string) ([]byte, error) {
	d := newDecoder(file, nil, nil)
	root := d.parse(content)
	if root == nil {
		return nil, d.err()
	}
	at := -1
	for i := 0; i+1 < len(root.Content); i += 2 {
		if root.Content[i].Value == name {
			at = i
		}
	}
	switch {
	case at < 0 && value == "", at >= 0 && value == root.Content[at+1].Value:
		return content, nil
	case value == "":
		root.Content = append(root.Content[:at], root.Content[at+2:]...)
	case at >= 0:
		root.Content[at+1].SetString(value)
	default:
		var key, v yaml.Node
		key.SetString(name)
		v.SetString(value)
		root.Content = append(root.Content, &key, &v)
	}
	if len(root.Content) == 0 {
		return nil, nil
	}
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(root); err != nil {
		return nil, fmt.Errorf("write %q: %w", file, err)
	}
	return b.Bytes(), nil
}

// replace renames a new file into place: a reader sees the old or the new one.
func replace(file string, content []byte) error {
	dir := filepath.Dir(file)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the folder of the settings: %w", err)
	}
	tmp, err := os.CreateTemp(dir, ".settings-*")
	if err != nil {
		return fmt.Errorf("write %q: %w", file, err)
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(content)
	if err := errors.Join(err, tmp.Close()); err != nil {
		return fmt.Errorf("write %q: %w", file, err)
	}
	if err := os.Rename(tmp.Name(), file); err != nil {
		return fmt.Errorf("write %q: %w", file, err)
	}
	return nil
}
