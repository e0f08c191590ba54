package rehearsal

import "path/filepath"

// TokenFile is where the world in a folder keeps the token of its Argo CD and
// of its controls, with mode 0600.
func TokenFile(dir string) string { return filepath.Join(dir, tokenFile) }
