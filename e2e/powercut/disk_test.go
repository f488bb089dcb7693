//go:build linux

package powercut

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

// The tests run in a mount namespace of their own, in a second process of this program: however that one ends, the
// kernel unmounts its disks and detaches their loop devices. The first process removes the files.
const dirVariable = "WATTLE_TEST_DISKS"

// inNamespace runs this program again in a new mount namespace. It returns false where that is not allowed.
func inNamespace() (code int, ok bool) {
	dir, err := os.MkdirTemp("", "wattle-powercut-")
	if err != nil {
		return 0, false
	}
	defer os.RemoveAll(dir)
	again := exec.Command(os.Args[0], os.Args[1:]...)
	again.Env = append(os.Environ(), dirVariable+"="+dir)
	again.Stdin, again.Stdout, again.Stderr = os.Stdin, os.Stdout, os.Stderr
	again.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS, Pdeathsig: syscall.SIGKILL}
	if err := errors.Join(os.Chmod(dir, 0o711), again.Start()); err != nil { // the database's user passes through
		return 0, false
	}
	_ = again.Wait() // the code says it
	if code = again.ProcessState.ExitCode(); code < 0 {
		code = 2 // by a signal
	}
	return code, true
}

// disk is a file system in a file.
type disk struct {
	t     *testing.T
	image string
	dir   string // where it is mounted
}

// newDisk returns a mounted disk that ends with the test, and skips the test on a machine that cannot have one.
func newDisk(t *testing.T, bytes int64) *disk {
	t.Helper()
	disks := os.Getenv(dirVariable)
	if disks == "" || os.Geteuid() != 0 {
		t.Skip("cutting the power needs root and a mount namespace: run the test as root")
	}
	dir, err := os.MkdirTemp(disks, "")
	if err != nil {
		t.Fatal(err)
	}
	d := &disk{t: t, image: dir + ".ext4", dir: dir}
	t.Cleanup(func() { _ = os.Remove(d.image) }) // else at the end of all tests
	if err := errors.Join(os.WriteFile(d.image, nil, 0o600), os.Truncate(d.image, bytes)); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mkfs.ext4", "-q", "-F", d.image).CombinedOutput(); err != nil {
		t.Skipf("cutting the power needs mkfs.ext4: %v %s", err, out)
	}
	if out, err := d.mount(); err != nil {
		t.Skipf("cutting the power needs loop devices and ext4: %v %s", err, out)
	}
	t.Cleanup(func() {
		if err := d.unmount(); err != nil && !errors.Is(err, syscall.EINVAL) { // EINVAL: it is not mounted
			t.Errorf("unmount: %v", err)
		}
	})
	return d
}

// mount attaches the image to a loop device that detaches itself after the unmount.
func (d *disk) mount() ([]byte, error) {
	return exec.Command("mount", "-t", "ext4", "-o", "loop", d.image, d.dir).CombinedOutput()
}

// unmount waits until the processes that were killed have let go of the disk.
func (d *disk) unmount() error {
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		err := syscall.Unmount(d.dir, 0)
		if !errors.Is(err, syscall.EBUSY) || time.Now().After(deadline) {
			return err
		}
	}
}

// cut stops the disk in the middle of what it does: nothing that was not synced gets onto it, not even the journal.
// From then on it answers EIO, until it is mounted again. The numbers are EXT4_IOC_SHUTDOWN and
// EXT4_GOING_FLAGS_NOLOGFLUSH of the kernel's fs/ext4/ext4.h.
func (d *disk) cut() {
	d.t.Helper()
	root, err := os.Open(d.dir)
	if err != nil {
		d.t.Fatal(err)
	}
	defer root.Close()
	const shutdown, noLogFlush = 0x8004587d, uint32(2)
	flag := noLogFlush
	if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, root.Fd(), shutdown, uintptr(unsafe.Pointer(&flag))); errno != 0 {
		d.t.Skipf("cutting the power needs a kernel that can shut ext4 down: %v", errno)
	}
}

// restore gives the disk its power back. The kernel replays its journal.
func (d *disk) restore() {
	d.t.Helper()
	if err := d.unmount(); err != nil {
		d.t.Fatalf("unmount: %v", err)
	}
	if out, err := d.mount(); err != nil {
		d.t.Fatalf("mount after the cut: %v %s", err, out)
	}
}
