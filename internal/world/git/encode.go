package git

import (
	"bytes"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// kind is the type of an object, with the number that packs use.
type kind uint8

const (
	kindCommit kind = 1
	kindTree   kind = 2
	kindBlob   kind = 3
	kindTag    kind = 4
)

func (k kind) String() string {
	switch k {
	case kindCommit:
		return "commit"
	case kindTree:
		return "tree"
	case kindBlob:
		return "blob"
	case kindTag:
		return "tag"
	}
	return fmt.Sprintf("kind %d", uint8(k))
}

// hashOf names an object as git does.
func hashOf(k kind, data []byte) ID {
	h := sha1.New()
	var head [32]byte
	b := append(head[:0], k.String()...)
	b = append(b, ' ')
	b = strconv.AppendInt(b, int64(len(data)), 10)
	h.Write(append(b, 0))
	h.Write(data)
	var id ID
	h.Sum(id[:0])
	return id
}

// encodeTree writes entries that are in git's order.
func encodeTree(entries []Entry) []byte {
	size := 0
	for i := range entries {
		size += len(entries[i].Name) + 28
	}
	b := make([]byte, 0, size)
	for i := range entries {
		e := &entries[i]
		b = strconv.AppendUint(b, uint64(e.Mode), 8)
		b = append(b, ' ')
		b = append(b, e.Name...)
		b = append(b, 0)
		b = append(b, e.ID[:]...)
	}
	return b
}

// decodeTree reads a tree. Modes and order are kept as they were written.
func decodeTree(data []byte) ([]Entry, error) {
	text := string(data) // one copy; all names point into it
	entries := make([]Entry, 0, len(data)/36+1)
	for at := 0; at < len(text); {
		space := strings.IndexByte(text[at:], ' ')
		if space < 1 {
			return nil, fmt.Errorf("tree entry %d has no mode", len(entries))
		}
		mode, err := strconv.ParseUint(text[at:at+space], 8, 32)
		if err != nil {
			return nil, fmt.Errorf("tree entry %d has mode %q", len(entries), text[at:at+space])
		}
		at += space + 1
		end := strings.IndexByte(text[at:], 0)
		if end < 1 || at+end+21 > len(text) {
			return nil, fmt.Errorf("tree entry %d is cut off", len(entries))
		}
		e := Entry{Name: text[at : at+end], Mode: Mode(mode)}
		at += end + 1
		copy(e.ID[:], text[at:])
		at += 20
		entries = append(entries, e)
	}
	return entries, nil
}

// encodeCommit refuses what git fsck would complain about.
func encodeCommit(c Commit) ([]byte, error) {
	if c.Tree.IsZero() {
		return nil, fmt.Errorf("commit has no tree")
	}
	if strings.IndexByte(c.Message, 0) >= 0 {
		return nil, fmt.Errorf("commit message holds a NUL byte")
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "tree %s\n", c.Tree)
	for _, p := range c.Parents {
		fmt.Fprintf(&b, "parent %s\n", p)
	}
	for _, s := range []struct {
		role string
		sig  Signature
	}{{"author", c.Author}, {"committer", c.Committer}} {
		if strings.ContainsAny(s.sig.Name+s.sig.Email, "<>\n\x00") {
			return nil, fmt.Errorf("%s %q <%q> cannot be written into a commit", s.role, s.sig.Name, s.sig.Email)
		}
		if s.sig.When.Unix() < 0 {
			return nil, fmt.Errorf("%s date %s is before 1970", s.role, s.sig.When)
		}
		fmt.Fprintf(&b, "%s %s <%s> %d %s\n", s.role, s.sig.Name, s.sig.Email, s.sig.When.Unix(), s.sig.When.Format("-0700"))
	}
	b.WriteByte('\n')
	b.WriteString(c.Message)
	return b.Bytes(), nil
}

// decodeCommit reads a commit; headers that it does not know (signatures,
// encodings) are passed over.
func decodeCommit(id ID, data []byte) (Commit, error) {
	c := Commit{ID: id}
	head, message, _ := strings.Cut(string(data), "\n\n")
	c.Message = message
	for _, line := range strings.Split(head, "\n") {
		key, value, _ := strings.Cut(line, " ")
		var err error
		switch key {
		case "tree":
			c.Tree, err = ParseID(value)
		case "parent":
			var p ID
			p, err = ParseID(value)
			c.Parents = append(c.Parents, p)
		case "author":
			c.Author = decodeSignature(value)
		case "committer":
			c.Committer = decodeSignature(value)
		}
		if err != nil {
			return Commit{}, fmt.Errorf("commit %s: %s: %w", id, key, err)
		}
	}
	if c.Tree.IsZero() {
		return Commit{}, fmt.Errorf("commit %s has no tree", id)
	}
	return c, nil
}

// decodeSignature takes what it can from a line that others wrote.
func decodeSignature(s string) Signature {
	open := strings.IndexByte(s, '<')
	end := strings.LastIndexByte(s, '>')
	if open < 0 || end < open {
		return Signature{Name: s}
	}
	sig := Signature{Name: strings.TrimSpace(s[:open]), Email: s[open+1 : end]}
	stamp, zone, _ := strings.Cut(strings.TrimSpace(s[end+1:]), " ")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || seconds < 0 || seconds > 1<<40 {
		return sig
	}
	offset := 0
	if n, err := strconv.Atoi(zone); err == nil && len(zone) == 5 {
		offset = (n/100*60 + n%100) * 60
	}
	if offset == 0 {
		sig.When = time.Unix(seconds, 0).UTC()
		return sig
	}
	sig.When = time.Unix(seconds, 0).In(time.FixedZone("", offset))
	return sig
}

// MarshalText writes the hexadecimal form, so that ids read well in JSON.
func (id ID) MarshalText() ([]byte, error) {
	return hex.AppendEncode(nil, id[:]), nil
}
