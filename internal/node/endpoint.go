package node

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"

	"github.com/wattle/wattle/meter/modbus"
)

// openable reads a device's address and the files it names.
func openable(url string) (modbus.Endpoint, error) {
	e, err := modbus.ParseURL(url)
	if err != nil || e.Link.Transport != modbus.TLS {
		return e, err
	}
	e.Link.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	if e.Authority != "" {
		text, err := os.ReadFile(e.Authority)
		if err != nil {
			return e, fmt.Errorf("certificates to trust: %w", err)
		}
		e.Link.TLS.RootCAs = x509.NewCertPool()
		if !e.Link.TLS.RootCAs.AppendCertsFromPEM(text) {
			return e, fmt.Errorf("%s holds no certificate in PEM", e.Authority)
		}
	}
	if e.Certificate != "" || e.Key != "" {
		own, err := tls.LoadX509KeyPair(e.Certificate, e.Key)
		if err != nil {
			return e, fmt.Errorf("our certificate and key: %w", err)
		}
		e.Link.TLS.Certificates = []tls.Certificate{own}
	}
	return e, nil
}
