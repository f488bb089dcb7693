package modbus

import (
	"fmt"
	"time"
)

// breaker leaves a part that keeps failing alone, so that its callers get an answer at once instead of a timeout.
type breaker struct {
	config   *Config
	failures int
	cause    error
	retry    <-chan time.Time // delivers when the part may be tried again; nil: it may
}

// check returns ErrBackoff with the cause while the part is left alone.
func (b *breaker) check() error {
	if b.retry == nil {
		return nil
	}
	select {
	case <-b.retry:
		b.retry = nil
		return nil
	default:
		return fmt.Errorf("%w: %w", ErrBackoff, b.cause)
	}
}

// failed counts a failure. The first is free: a device that restarts or closed an idle connection is back at once.
func (b *breaker) failed(cause error) {
	b.failures++
	b.cause = cause
	if b.failures < 2 {
		return
	}
	pause := b.config.MinBackoff
	for i := 2; i < b.failures && pause < b.config.MaxBackoff; i++ {
		pause *= 2
	}
	b.retry = time.After(b.config.Jitter(min(pause, b.config.MaxBackoff)))
}

func (b *breaker) succeeded() { *b = breaker{config: b.config} }
