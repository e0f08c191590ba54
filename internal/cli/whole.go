package cli

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// writeWhole replaces a file so that a killed run, and who reads it meanwhile,
// finds all of the old one or all of the new.
func writeWhole(file string, data []byte, mode fs.FileMode) error {
	f, err := os.CreateTemp(filepath.Dir(file), ".shopctl-*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Chmod(mode), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), file)
	}
	if err != nil {
		os.Remove(f.Name()) //nolint:errcheck // the first error is the one to tell
	}
	return err
}
