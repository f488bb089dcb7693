package ocr

import (
	"bytes"
	"context"
	"reflect"
	"testing"

	"github.com/smartcontractkit/libocr/offchainreporting2plus/types"

	"github.com/wattle/wattle/internal/pgtest"
)

func TestDatabaseRemembersPerOracle(t *testing.T) {
	ctx := context.Background()
	pool := pgtest.New(t)
	one, two := &database{pool: pool, oracle: "oracle-1"}, &database{pool: pool, oracle: "oracle-2"}

	if c, err := one.ReadConfig(ctx); c != nil || err != nil {
		t.Errorf("configuration of an empty database: %v, %v, want nil, nil", c, err)
	}
	for count := range uint64(2) {
		want := contractConfigExample(count)
		if err := one.WriteConfig(ctx, want); err != nil {
			t.Fatal(err)
		}
		if got, err := one.ReadConfig(ctx); err != nil || !reflect.DeepEqual(*got, want) {
			t.Errorf("configuration %+v, %v, want %+v", got, err, want)
		}
	}
	if c, err := two.ReadConfig(ctx); c != nil || err != nil {
		t.Errorf("configuration of the other oracle: %v, %v, want nil, nil", c, err)
	}

	digest, other := types.ConfigDigest{1}, types.ConfigDigest{2}
	steps := []struct {
		db          *database
		digest      types.ConfigDigest
		write, read []byte
	}{
		{one, digest, []byte("a"), []byte("a")}, {one, digest, []byte("b"), []byte("b")}, {one, other, []byte("c"), []byte("b")},
		{two, digest, []byte("d"), []byte("b")}, {one, digest, []byte{}, []byte{}}, {one, digest, nil, nil}, {one, digest, nil, nil},
	}
	for i, s := range steps {
		if err := s.db.WriteProtocolState(ctx, s.digest, "cert", s.write); err != nil {
			t.Fatal(err)
		}
		got, err := one.ReadProtocolState(ctx, digest, "cert")
		if err != nil || !bytes.Equal(got, s.read) || (got == nil) != (s.read == nil) {
			t.Errorf("step %d: state %q (nil %v), %v, want %q", i, got, got == nil, err, s.read)
		}
	}
	if got, err := two.ReadProtocolState(ctx, digest, "cert"); string(got) != "d" || err != nil {
		t.Errorf("the other oracle's state %q, %v, want d", got, err)
	}
}

func FuzzStoredConfig(f *testing.F) {
	b, err := encodeConfig(contractConfigExample(3))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := decodeConfig(b)
		if err != nil {
			return
		}
		if again, err := encodeConfig(c); err != nil || !bytes.Equal(again, b) {
			t.Errorf("%x decodes to %+v, which encodes otherwise: %v", b, c, err)
		}
	})
}
