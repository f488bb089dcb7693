package tidy

import (
	"fmt"
	"go/ast"
	"slices"
	"strings"
)

// rule returns what is wrong with a file, one sentence each.
type rule func(*source) []string

// rules are the rules for Go files, by name.
var rules = map[string]rule{
	"layers":  layers,
	"purity":  purity,
	"clock":   clock,
	"floats":  floats,
	"lengths": lengths,
}

// layers checks that imports only point down.
func layers(s *source) (wrong []string) {
	from := s.room()
	if from == "" {
		return []string{fmt.Sprintf("%s: the house has no room for this folder; give it one in house_test.go and ARCHITECTURE.md", s.path)}
	}
	may := mayImport
	if s.test() {
		may = testMayImport
	}
	for _, spec := range s.file.Imports {
		folder, ours := strings.CutPrefix(importPath(spec), module)
		if ours && !may(from, room(folder)) {
			wrong = append(wrong, fmt.Sprintf("%s: %s may not import %s", s.at(spec), from, folder))
		}
	}
	return wrong
}

// The only packages of others that a pure room may use: arithmetic and hashes.
var pureArithmetic = []string{
	"github.com/shopspring/decimal", "golang.org/x/crypto/sha3", "github.com/ethereum/go-ethereum/crypto",
}

// What a pure room may not use of the standard library: each is a clock, randomness, a goroutine's tool, or I/O.
var impure = []string{
	"bufio", "context", "crypto/rand", "database/sql", "io", "io/fs", "io/ioutil", "log", "log/slog", "math/rand", "math/rand/v2",
	"net", "os", "plugin", "runtime", "sync", "sync/atomic", "syscall", "testing", "unsafe",
}

// purity checks that a pure room knows no clock, randomness, goroutine or I/O.
func purity(s *source) (wrong []string) {
	if _, ok := pure[s.room()]; !ok || s.test() {
		return nil
	}
	for _, spec := range s.file.Imports {
		target := importPath(spec)
		first, _, _ := strings.Cut(target, "/")
		foreign := strings.Contains(first, ".") && !strings.HasPrefix(target, module) && !slices.Contains(pureArithmetic, target)
		if foreign || slices.Contains(impure, target) || first == "net" || first == "os" {
			wrong = append(wrong, fmt.Sprintf("%s: a pure package may not import %s", s.at(spec), target))
		}
	}
	ast.Inspect(s.file, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.GoStmt:
			wrong = append(wrong, fmt.Sprintf("%s: a pure package starts no goroutine", s.at(n)))
		case *ast.ChanType:
			wrong = append(wrong, fmt.Sprintf("%s: a pure package has no channel", s.at(n)))
		}
		return true
	})
	return append(wrong, uses(s, "time", "After", "AfterFunc", "NewTicker", "NewTimer", "Sleep", "Tick")...)
}

// clock checks that only internal/node, commands and tests look at the wall clock; everyone else is given one.
func clock(s *source) []string {
	r := s.room()
	if s.test() || r == "internal/node" || slices.Contains(doors, r) || slices.Contains(helpers, r) {
		return nil
	}
	return uses(s, "time", "Now", "Since", "Until")
}

// uses names every use of an identifier of a package, called or passed on.
func uses(s *source, pkg string, names ...string) (found []string) {
	imports := s.imports()
	ast.Inspect(s.file, func(n ast.Node) bool {
		selector, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := selector.X.(*ast.Ident); ok && imports[x.Name] == pkg && slices.Contains(names, selector.Sel.Name) {
			found = append(found, fmt.Sprintf("%s: uses %s.%s", s.at(n), pkg, selector.Sel.Name))
		}
		return true
	})
	return found
}

// floats checks that only the physics computes in floating point.
func floats(s *source) (wrong []string) {
	if r := s.room(); r == "grid" || r == "sim" || s.test() || s.generated {
		return nil
	}
	ast.Inspect(s.file, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && (id.Name == "float32" || id.Name == "float64") {
			wrong = append(wrong, fmt.Sprintf("%s: %s outside grid and sim", s.at(n), id.Name))
		}
		return true
	})
	return wrong
}

// Sizes a reader can take in: what is longer has more than one subject.
const (
	maxFileLines     = 400
	maxFunctionLines = 60
)

// lengths checks the size of files and functions that are written by hand and not tests.
func lengths(s *source) (wrong []string) {
	if s.test() || s.generated {
		return nil
	}
	if s.lines > maxFileLines {
		wrong = append(wrong, fmt.Sprintf("%s: %d lines, at most %d", s.path, s.lines, maxFileLines))
	}
	for _, d := range s.file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok {
			if n := s.line(f.End()) - s.line(f.Pos()) + 1; n > maxFunctionLines {
				wrong = append(wrong, fmt.Sprintf("%s: %s has %d lines, at most %d", s.at(f), f.Name.Name, n, maxFunctionLines))
			}
		}
	}
	return wrong
}

// undocumented names the folders none of whose files has a package comment. Folders in which nothing but tests is
// written by hand need none.
func undocumented(all []*source) (wrong []string) {
	documented := map[string]bool{}
	for _, s := range all {
		if !s.test() && !s.generated {
			documented[s.folder()] = documented[s.folder()] || s.file.Doc != nil
		}
	}
	for folder, ok := range documented {
		if !ok {
			wrong = append(wrong, folder+": no file has a package comment; write doc.go")
		}
	}
	slices.Sort(wrong)
	return wrong
}
