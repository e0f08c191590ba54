package shop

import (
	"fmt"
	"regexp"
	"strings"
)

// Image is where an image comes from: the name that the manifests use, and what
// Kustomize puts in its place.
type Image struct {
	Name           string // as in `images:`, web
	NewName        string // registry.example/web
	NewTag, Digest string // one of them
}

var (
	imageName = regexp.MustCompile(`^[a-z0-9]([-a-z0-9._/:]*[a-z0-9])?$`)
	imageTag  = regexp.MustCompile(`^[A-Za-z0-9_][-A-Za-z0-9_.]*$`)
)

const longestTag = 128

func isDigest(s string) bool {
	sum, sha256 := strings.CutPrefix(s, "sha256:")
	return sha256 && len(sum) == 64 && isHex(sum)
}

// ParseImage reads web=registry.example/web:sha-123, or with @sha256:… at its end.
func ParseImage(s string) (Image, error) {
	bad := fmt.Errorf("%q is no image: write name=registry/image:tag or name=registry/image@sha256:…", s)
	name, ref, ok := strings.Cut(s, "=")
	if !ok || !imageName.MatchString(name) {
		return Image{}, bad
	}
	i := Image{Name: name}
	if at, sum, pinned := strings.Cut(ref, "@"); pinned {
		i.NewName, i.Digest = at, sum
		if !isDigest(sum) || strings.LastIndexByte(at, ':') > strings.LastIndexByte(at, '/') {
			return Image{}, bad
		}
	} else if colon := strings.LastIndexByte(ref, ':'); colon > strings.LastIndexByte(ref, '/') {
		i.NewName, i.NewTag = ref[:colon], ref[colon+1:]
	}
	if i.Digest == "" && (len(i.NewTag) > longestTag || !imageTag.MatchString(i.NewTag)) || !imageName.MatchString(i.NewName) {
		return Image{}, bad
	}
	return i, nil
}

// String is what ParseImage reads.
func (i Image) String() string {
	if i.Digest != "" {
		return i.Name + "=" + i.NewName + "@" + i.Digest
	}
	return i.Name + "=" + i.NewName + ":" + i.NewTag
}
