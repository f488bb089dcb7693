package modbus

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// bauds are the speeds a Linux terminal names.
var bauds = map[int]uint32{
	300: unix.B300, 600: unix.B600, 1200: unix.B1200, 2400: unix.B2400, 4800: unix.B4800, 9600: unix.B9600, 19200: unix.B19200,
	38400: unix.B38400, 57600: unix.B57600, 115200: unix.B115200, 230400: unix.B230400, 460800: unix.B460800, 921600: unix.B921600,
}

// openSerial opens a serial line raw, for this process alone. The file is not blocking, so that deadlines work on it.
func openSerial(path string, s Serial) (stream, error) {
	speed, ok := bauds[s.Baud]
	if !ok {
		return nil, fmt.Errorf("%d baud: %w", s.Baud, ErrConfig)
	}
	line, err := os.OpenFile(path, os.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	settings := unix.Termios{Cflag: unix.CREAD | unix.CLOCAL | unix.CS8 | speed, Ispeed: speed, Ospeed: speed}
	settings.Cc[unix.VMIN] = 1
	if s.Stop == 2 {
		settings.Cflag |= unix.CSTOPB
	}
	switch s.Parity {
	case EvenParity:
		settings.Cflag |= unix.PARENB
	case OddParity:
		settings.Cflag |= unix.PARENB | unix.PARODD
	}
	raw, err := line.SyscallConn()
	if err == nil {
		if controlErr := raw.Control(func(fd uintptr) {
			if err = unix.IoctlSetTermios(int(fd), unix.TCSETS, &settings); err == nil {
				err = unix.IoctlSetInt(int(fd), unix.TIOCEXCL, 0)
			}
		}); err == nil {
			err = controlErr
		}
	}
	if err != nil {
		line.Close() // nothing was written
		return nil, fmt.Errorf("set the serial line: %w", err)
	}
	return line, nil
}
