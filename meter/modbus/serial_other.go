//go:build !linux

package modbus

import "fmt"

// openSerial is not written for this system; a gateway with rtuovertcp:// serves instead.
func openSerial(path string, _ Serial) (stream, error) {
	return nil, fmt.Errorf("serial line %s: only Linux is supported, use a gateway and rtuovertcp://HOST:PORT: %w", path, ErrConfig)
}
