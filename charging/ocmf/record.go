package ocmf

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/wattle/wattle/internal/problem"
)

// ErrSyntax is returned for text that is not a record.
var ErrSyntax = problem.New(problem.Invalid, "not a record of OCMF")

// MaxRecord bounds the bytes of one record: known ones have less than 2 kB.
const MaxRecord = 64 << 10

// header begins every record.
const header = "OCMF|"

// Digest names a payload: SHA-256 over its bytes. Records with equal digests are one and the same.
type Digest [sha256.Size]byte

// Record is one signed statement of a meter, not yet verified.
type Record struct {
	payload   []byte
	signature []byte // ASN.1 DER, as ECDSA signatures are written in X.509
	curve     *curve
	content   content
}

// Parse reads a record. It accepts what stations write, but one text only for each signature: whatever byte is changed, what comes out
// either does not parse or does not verify.
func Parse(text string) (*Record, error) {
	text = strings.TrimRight(text, "\r\n")
	if len(text) > MaxRecord {
		return nil, fmt.Errorf("%d bytes, at most %d: %w", len(text), MaxRecord, ErrSyntax)
	}
	rest, ok := strings.CutPrefix(text, header)
	if !ok {
		return nil, fmt.Errorf("it must begin with %q: %w", header, ErrSyntax)
	}
	// A text in the payload may hold a "|": only reading the JSON tells where the payload ends.
	var payload json.RawMessage
	decoder := json.NewDecoder(strings.NewReader(rest))
	if err := decoder.Decode(&payload); err != nil {
		return nil, fmt.Errorf("payload: %v: %w", err, ErrSyntax)
	}
	end := int(decoder.InputOffset())
	signature, ok := strings.CutPrefix(rest[end:], "|")
	if !ok {
		return nil, fmt.Errorf("a signature must follow the payload: %w", ErrSyntax)
	}
	r := &Record{payload: []byte(rest[:end])}
	if err := r.parseSignature(signature); err != nil {
		return nil, fmt.Errorf("signature: %w", err)
	}
	var err error
	if r.content, err = parseContent(payload); err != nil {
		return nil, fmt.Errorf("payload: %w", err)
	}
	return r, nil
}

// Payload is what the signature covers, byte for byte.
func (r *Record) Payload() []byte { return bytes.Clone(r.payload) }

// Digest names the payload.
func (r *Record) Digest() Digest { return sha256.Sum256(r.payload) }

// Curve is the name of the signature's curve.
func (r *Record) Curve() string { return r.curve.name }

// Defaults of the signature section, OCMF 1.4, "Signature Data".
const (
	defaultAlgorithm = "ECDSA-secp256r1-SHA256"
	derMIME          = "application/x-der"
)

func (r *Record) parseSignature(text string) error {
	fields, err := signatureFields(text)
	if err != nil {
		return err
	}
	algorithm := defaultAlgorithm
	if sa, ok := fields["SA"]; ok {
		algorithm = sa
	}
	if r.curve = curveOfAlgorithm(algorithm); r.curve == nil {
		return fmt.Errorf("algorithm %q is not known: %w", algorithm, ErrSyntax)
	}
	if mime, ok := fields["SM"]; ok && mime != derMIME {
		return fmt.Errorf("form %q is not known, want %q: %w", mime, derMIME, ErrSyntax)
	}
	encoding, ok := fields["SE"]
	if !ok {
		encoding = "hex"
	}
	switch encoding {
	case "hex":
		r.signature, err = decodeHex(fields["SD"])
	case "base64":
		r.signature, err = base64.StdEncoding.Strict().DecodeString(fields["SD"])
	default:
		return fmt.Errorf("encoding %q is neither hex nor base64: %w", encoding, ErrSyntax)
	}
	if err != nil || len(r.signature) == 0 {
		return fmt.Errorf("data %q is not %s: %w", fields["SD"], encoding, ErrSyntax)
	}
	return nil
}

// signatureFields reads the object of the signature: known names once each, texts as values, and no white space but blanks, so
// that no second text says the same with one byte changed.
func signatureFields(text string) (map[string]string, error) {
	if strings.ContainsAny(text, "\t\r\n\\") {
		return nil, fmt.Errorf("it holds a tab, a line end or an escape: %w", ErrSyntax)
	}
	if !strings.HasPrefix(text, "{") || !strings.HasSuffix(text, "}") {
		return nil, fmt.Errorf("it is not an object: %w", ErrSyntax)
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	if _, err := decoder.Token(); err != nil {
		return nil, fmt.Errorf("%v: %w", err, ErrSyntax)
	}
	fields := map[string]string{}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return nil, fmt.Errorf("%v: %w", err, ErrSyntax)
		}
		key, _ := name.(string)
		if _, twice := fields[key]; twice || key != "SA" && key != "SE" && key != "SM" && key != "SD" {
			return nil, fmt.Errorf("field %q is not known or there twice: %w", key, ErrSyntax)
		}
		value, err := decoder.Token()
		word, ok := value.(string)
		if err != nil || !ok {
			return nil, fmt.Errorf("field %s is not a text: %w", key, ErrSyntax)
		}
		fields[key] = word
	}
	if _, err := decoder.Token(); err != nil || int(decoder.InputOffset()) != len(text) {
		return nil, fmt.Errorf("something follows the object: %w", ErrSyntax)
	}
	return fields, nil
}

// decodeHex accepts capital or small letters, not both.
func decodeHex(text string) ([]byte, error) {
	if text != strings.ToUpper(text) && text != strings.ToLower(text) {
		return nil, fmt.Errorf("capital and small letters: %w", ErrSyntax)
	}
	return hex.DecodeString(text)
}
