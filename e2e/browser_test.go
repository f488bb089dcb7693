package e2e

import (
	"os"
	"os/exec"
	"testing"
)

// TestBrowser looks at the page of a living street in a real browser.
func TestBrowser(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("../web/app/node_modules/playwright-core"); err != nil {
		t.Fatal("the browser's driver is not installed: run make app")
	}
	p := start(t, "demo", "--listen", "127.0.0.1:0", "--speed", "45", "--data", dataDir(t))
	url := p.url(t)
	browser := exec.Command("npm", "run", "--silent", "browser", "--", url)
	browser.Dir = "../web/app"
	out, err := browser.CombinedOutput()
	if err != nil {
		t.Errorf("browser: %v\n%s\nthe street said:\n%s", err, out, tail(p.stderr.String()))
	}
}
