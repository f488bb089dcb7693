package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"

	"github.com/wattle/wattle/internal/problem"
)

//go:embed all:app/dist
var dist embed.FS

const indexName = "index.html"

// missingApp is the page of a server that was built without the app.
const missingApp = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Wattle</title>
<p>The page has not been built. Run <code>make app</code>, then build and start the server again.</p></html>
`

// file is a file of the app in memory, ready to be sent.
type file struct {
	kind   string // media type
	tag    string // entity tag
	plain  []byte
	packed []byte // gzip; nil where it would not be smaller
}

// loadApp reads the built app and packs each file once. Files whose names begin with a dot are not part of it.
func loadApp(tree fs.FS) (map[string]file, error) {
	files := map[string]file{indexName: newFile(indexName, []byte(missingApp))}
	err := fs.WalkDir(tree, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasPrefix(path.Base(name), ".") {
			return err
		}
		content, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		files[name] = newFile(name, content)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the app: %w", err)
	}
	return files, nil
}

func newFile(name string, content []byte) file {
	sum := sha256.Sum256(content)
	f := file{kind: mime.TypeByExtension(path.Ext(name)), tag: `"` + hex.EncodeToString(sum[:12]) + `"`, plain: content}
	if f.kind == "" {
		f.kind = "application/octet-stream"
	}
	var packed bytes.Buffer
	z, _ := gzip.NewWriterLevel(&packed, gzip.BestCompression) // the level is valid
	_, _ = z.Write(content)                                    // memory takes everything
	_ = z.Close()
	if packed.Len() < len(content) {
		f.packed = packed.Bytes()
	}
	return f
}

func (s *Server) getPage(w http.ResponseWriter, r *http.Request) {
	s.sendFile(w, r, indexName, "no-cache")
}

func (s *Server) getAsset(w http.ResponseWriter, r *http.Request) {
	s.sendFile(w, r, "assets/"+r.PathValue("name"), "public, max-age=31536000, immutable")
}

func (s *Server) sendFile(w http.ResponseWriter, r *http.Request, name, cache string) {
	f, ok := s.files[name]
	if !ok {
		writeProblem(w, http.StatusNotFound, problem.NotFound, "There is nothing here.")
		return
	}
	h := w.Header()
	h.Set("Cache-Control", cache)
	h.Set("Etag", f.tag)
	h.Set("Vary", "Accept-Encoding")
	if strings.Contains(r.Header.Get("If-None-Match"), f.tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body := f.plain
	if f.packed != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = f.packed
	}
	h.Set("Content-Type", f.kind)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // a reader that went away needs no answer
}
