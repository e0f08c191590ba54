package world

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/git"
)

// hostFile is what a census knew when its file was written. Hosts lie in
// buckets by a sum of the host, and each bucket has a sum of its own: to look
// one up of 100,000 reads some kilobytes.
//
//	3 <folder> <length of the head>
//	<ShopSet> <plan> <passing> <shops>   a line each, with tabs
//
//	<end of the bucket> <its sum>        a line each
//	sum <of the head>
//	<host> <shop>                        the buckets
type hostFile struct {
	folder  git.ID
	homes   map[home]int
	r       io.ReaderAt
	start   int64 // of the buckets
	buckets []bucket
}

type bucket struct {
	end int64 // from the start of the buckets
	sum uint32
}

const (
	bucketSize = 64 // hosts in one, about
	firstLine  = len("3 0123456789012345678901234567890123456789 00000000\n")
)

var errDamagedFile = errors.New("a file of the cache is damaged")

func bucketOf(host string, of int) int {
	return int(crc32.Checksum([]byte(host), castagnoli) % uint32(max(of, 1))) //nolint:gosec // a count
}

// holder is the shop that had a host, empty if none had.
func (f *hostFile) holder(host string) (shop.ShopID, error) {
	if len(f.buckets) == 0 {
		return "", nil
	}
	data, err := f.bucket(bucketOf(host, len(f.buckets)))
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(data) {
		if h, s, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t"); h == host {
			return shop.ShopID(s), nil
		}
	}
	return "", nil
}

func (f *hostFile) bucket(n int) (string, error) {
	from := int64(0)
	if n > 0 {
		from = f.buckets[n-1].end
	}
	b := f.buckets[n]
	data := make([]byte, b.end-from)
	if _, err := f.r.ReadAt(data, f.start+from); err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("%w: %w", errDamagedFile, err)
	}
	if crc32.Checksum(data, castagnoli) != b.sum {
		return "", errDamagedFile
	}
	return string(data), nil
}

// encode makes the file of hosts that says all that a census knows.
func (c *census) encode() ([]byte, error) {
	lines := make([]string, 0, len(c.file.buckets)*bucketSize+len(c.added))
	for n := range c.file.buckets {
		data, err := c.file.bucket(n)
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(data) {
			host, _, _ := strings.Cut(line, "\t")
			if _, again := c.added[host]; !again && !c.gone[host] {
				lines = append(lines, line)
			}
		}
	}
	for host, s := range c.added {
		lines = append(lines, host+"\t"+string(s)+"\n")
	}
	slices.Sort(lines)
	return withHead(c.folder, maps.Collect(c.homes()), inBuckets(lines)), nil
}

func inBuckets(lines []string) [][]byte {
	buckets := make([][]byte, len(lines)/bucketSize+1)
	for _, line := range lines {
		host, _, _ := strings.Cut(line, "\t")
		n := bucketOf(host, len(buckets))
		buckets[n] = append(buckets[n], line...)
	}
	return buckets
}

func withHead(folder git.ID, homes map[home]int, buckets [][]byte) []byte {
	var head bytes.Buffer
	writeHomes(&head, homes)
	head.WriteByte('\n')
	end := 0
	for _, b := range buckets {
		end += len(b)
		fmt.Fprintf(&head, "%d %08x\n", end, crc32.Checksum(b, castagnoli))
	}
	first := fmt.Sprintf("3 %s %08d\n", folder, firstLine+head.Len()+sumLine) // 3: version of this layout
	all := slices.Concat([]byte(first), head.Bytes())
	all = append(all, sumText(crc32.Checksum(all, castagnoli))...)
	return append(all, bytes.Join(buckets, nil)...)
}

// writeHomes writes how many shops live where, a line each, sorted.
func writeHomes(b *bytes.Buffer, homes map[home]int) {
	lines := make([]string, 0, len(homes))
	for h, n := range homes {
		if n != 0 {
			lines = append(lines, fmt.Sprintf("%s\t%s\t%t\t%d\n", h.set, h.plan, h.passing, n))
		}
	}
	slices.Sort(lines)
	for _, line := range lines {
		b.WriteString(line)
	}
}

// readHomes reads what writeHomes wrote, up to the empty line behind it.
func readHomes(text string, homes map[home]int) (rest string, ok bool) {
	for {
		var line string
		if line, text, _ = strings.Cut(text, "\n"); line == "" {
			return text, true
		}
		if !readHome(line, homes) {
			return "", false
		}
	}
}

func readHome(line string, homes map[home]int) bool {
	f := strings.Split(line, "\t")
	if len(f) != 4 {
		return false
	}
	n, err := strconv.Atoi(f[3])
	homes[home{shop.ShopSetID(f[0]), f[1], f[2] == "true"}] = n
	return err == nil
}

// hostFile opens what the cache has; an empty one if that is none that is whole.
func (w *World) hostFile() *hostFile {
	if w.Cache == "" {
		return &hostFile{}
	}
	file, err := os.Open(filepath.Join(w.Cache, censusFile))
	if err != nil {
		return &hostFile{}
	}
	// It stays open as long as somebody may ask: another process may put a newer
	// one in its place.
	info, err := file.Stat()
	if err != nil {
		return &hostFile{}
	}
	f, ok := readHosts(file, info.Size())
	if !ok {
		_ = file.Close() // nothing was written
	}
	return f
}

// readHosts reads the head.
func readHosts(r io.ReaderAt, size int64) (*hostFile, bool) {
	first := make([]byte, firstLine)
	if _, err := r.ReadAt(first, 0); err != nil {
		return &hostFile{}, false
	}
	words := strings.Fields(string(first))
	if len(words) != 3 || words[0] != "3" {
		return &hostFile{}, false
	}
	folder, err := git.ParseID(words[1])
	length, err2 := strconv.ParseInt(words[2], 10, 32)
	if err != nil || err2 != nil || length < int64(firstLine+sumLine) || length > size {
		return &hostFile{}, false
	}
	head := make([]byte, length)
	if _, err := r.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return &hostFile{}, false
	}
	body := head[:len(head)-sumLine]
	if !bytes.Equal(head[len(body):], sumText(crc32.Checksum(body, castagnoli))) {
		return &hostFile{}, false
	}
	f := &hostFile{folder: folder, homes: map[home]int{}, r: r, start: length}
	if !f.decodeHead(string(body[firstLine:])) || f.length() != size-length {
		return &hostFile{}, false
	}
	return f, true
}

func (f *hostFile) decodeHead(text string) bool {
	text, ok := readHomes(text, f.homes)
	if !ok {
		return false
	}
	for line := range strings.Lines(text) {
		end, sum, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		e, err := strconv.ParseInt(end, 10, 64)
		s, err2 := strconv.ParseUint(sum, 16, 32)
		if err != nil || err2 != nil || e < f.length() || e > math.MaxInt32 {
			return false
		}
		f.buckets = append(f.buckets, bucket{e, uint32(s)})
	}
	return true
}

// length is that of all buckets.
func (f *hostFile) length() int64 {
	if len(f.buckets) == 0 {
		return 0
	}
	return f.buckets[len(f.buckets)-1].end
}

// The file of news holds what a census knows beside the file of hosts, so that
// the next run goes on from there and not from the file of hosts:
//
//	1 <folder> <folder of the file of hosts>
//	<ShopSet> <plan> <passing> <more shops>
//
//	<host> <shop>                        none: nobody has it any more
const newsFile = "shops-news"

func (c *census) encodeNews() []byte {
	var b bytes.Buffer
	b.WriteString("1 " + c.folder.String() + " " + c.file.folder.String() + "\n") // 1: version of this layout
	writeHomes(&b, c.more)
	b.WriteByte('\n')
	for _, host := range slices.Sorted(maps.Keys(c.gone)) {
		if _, again := c.added[host]; !again {
			b.WriteString(host + "\t\n")
		}
	}
	for _, host := range slices.Sorted(maps.Keys(c.added)) {
		b.WriteString(host + "\t" + string(c.added[host]) + "\n")
	}
	return b.Bytes()
}

// withNews is the census of a file of hosts and of the news that belong to it.
func (f *hostFile) withNews(data string) *census {
	alone := &census{folder: f.folder, file: f, added: map[string]shop.ShopID{}, gone: map[string]bool{}, more: map[home]int{}}
	first, rest, _ := strings.Cut(data, "\n")
	words := strings.Fields(first)
	if len(words) != 3 || words[0] != "1" || words[2] != f.folder.String() {
		return alone
	}
	folder, err := git.ParseID(words[1])
	if err != nil {
		return alone
	}
	c := &census{folder: folder, file: f, added: map[string]shop.ShopID{}, gone: map[string]bool{}, more: map[home]int{}}
	rest, ok := readHomes(rest, c.more)
	if !ok {
		return alone
	}
	for line := range strings.Lines(rest) {
		host, s, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if s == "" {
			c.gone[host] = true
		} else {
			c.added[host] = shop.ShopID(s)
		}
	}
	return c
}
