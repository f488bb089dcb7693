package ocmf

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/asn1"
	"math/big"
	"testing"

	ethereum "github.com/ethereum/go-ethereum/crypto"
)

func named(t *testing.T, name string) *curve {
	t.Helper()
	for _, c := range curves {
		if c.name == name {
			return c
		}
	}
	t.Fatalf("no curve %s", name)
	return nil
}

func TestBasePointsHaveTheirOrder(t *testing.T) {
	for _, c := range curves {
		if !c.p.ProbablyPrime(20) || !c.n.ProbablyPrime(20) || !c.holds(c.baseX, c.baseY) {
			t.Errorf("%s: its parameters contradict each other", c.name)
		}
		if end := c.combine(c.n, new(big.Int), c.baseX, c.baseY); end.z.Sign() != 0 {
			t.Errorf("%s: n·G is not the point at infinity", c.name)
		}
	}
}

// agree compares the arithmetic with another implementation over good and changed signatures.
func agree(t *testing.T, c *curve, group elliptic.Curve) {
	t.Helper()
	key, err := ecdsa.GenerateKey(group, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 40 {
		digest := sha256.Sum256([]byte{byte(i)})
		der, err := key.Sign(rand.Reader, digest[:], crypto.SHA256)
		if err != nil {
			t.Fatal(err)
		}
		var s struct{ R, S *big.Int }
		if _, err := asn1.Unmarshal(der, &s); err != nil {
			t.Fatal(err)
		}
		if !c.verify(key.X, key.Y, digest[:], s.R, s.S) {
			t.Errorf("%s: refused a good signature", c.name)
		}
		digest[i%len(digest)] ^= 1
		if c.verify(key.X, key.Y, digest[:], s.R, s.S) {
			t.Errorf("%s: accepted the signature of another digest", c.name)
		}
		if c.verify(key.X, key.Y, digest[:], s.R, new(big.Int).Add(s.S, c.n)) || c.verify(key.X, key.Y, digest[:], new(big.Int), s.S) {
			t.Errorf("%s: accepted numbers out of range", c.name)
		}
	}
}

func TestVerifyAgreesWithTheStandardLibrary(t *testing.T) {
	agree(t, named(t, "secp256r1"), elliptic.P256())
	agree(t, named(t, "secp384r1"), elliptic.P384())
}

func TestVerifyAgreesWithEthereum(t *testing.T) {
	c := named(t, "secp256k1")
	key, err := ethereum.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	for i := range 40 {
		digest := sha256.Sum256([]byte{byte(i)})
		signature, err := ethereum.Sign(digest[:], key)
		if err != nil {
			t.Fatal(err)
		}
		r, s := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:64])
		if !c.verify(key.X, key.Y, digest[:], r, s) {
			t.Error("refused a good signature")
		}
		if r.Add(r, big.NewInt(1)); c.verify(key.X, key.Y, digest[:], r, s) {
			t.Error("accepted a changed signature")
		}
	}
}

// What OpenSSL 3.0 signed with fresh keys on the curves that no other implementation here knows, over one payload.
func TestVectorsOfOpenSSL(t *testing.T) {
	const payload = `{"FV":"1.0","PG":"T1"}`
	for _, v := range []struct{ algorithm, key, signature string }{
		{
			"ECDSA-secp192k1-SHA256",
			"3046301006072a8648ce3d020106052b8104001f033200045c0df528ed1dd0fc1ca65ecd4773821430a81e79c36e70c118b1205e5661059671648dbc7cc264664cb3acd3eae56594",
			"3036021900968cb51dbc35eac07010336047322db9bd877b32d961bada021900f8161f95270ae00d521c3739fa48dc6ea122409c324d5eba",
		}, {
			"ECDSA-secp192r1-SHA256",
			"3049301306072a8648ce3d020106082a8648ce3d03010103320004be6c50205c5cdcd8b0f0402e1c14a5a67bd01ac09f42e690dabbff298a525518d6968e62284349708c2fecc84b0cd0ce",
			"3036021900abe0990e33b082995fb7a9497927fc7269e1f4d88940e7f702190099e21f445ce0508cc47c0ff5bddaca1f4dd4c743724efe4b",
		}, {
			"ECDSA-brainpoolP256r1-SHA256",
			"305a301406072a8648ce3d020106092b24030302080101070342000463b18f62c8dcbd5c9ae72f1078f8d2fda5eb431fcc0b9780aea35ed20898bfa649d0a803298ef115ee1e0d109328ea5e551c1d5d870014e82e545b02e5e60915",
			"304402203ba88987fcd51c09e51a6dfed1413b9ce43a656dca8de71b8fd4f1b5614d0af1022071438cee2392693c7b94cb00206e73ad7947d26d6769a52251b170d2ec393b8c",
		}, {
			"ECDSA-brainpool256r1-SHA256", // the same under its other name, the key as a point alone
			"0463b18f62c8dcbd5c9ae72f1078f8d2fda5eb431fcc0b9780aea35ed20898bfa649d0a803298ef115ee1e0d109328ea5e551c1d5d870014e82e545b02e5e60915",
			"304402203ba88987fcd51c09e51a6dfed1413b9ce43a656dca8de71b8fd4f1b5614d0af1022071438cee2392693c7b94cb00206e73ad7947d26d6769a52251b170d2ec393b8c",
		},
	} {
		r, err := Parse("OCMF|" + payload + `|{"SA":"` + v.algorithm + `","SD":"` + v.signature + `"}`)
		if err != nil {
			t.Errorf("%s: %v", v.algorithm, err)
			continue
		}
		key, err := ParseKey(v.key)
		if err == nil {
			err = r.Verify(key)
		}
		if err != nil {
			t.Errorf("%s: %v", v.algorithm, err)
		}
		r.payload[3] ^= 1
		if r.Verify(key) == nil {
			t.Errorf("%s: accepted a changed payload", v.algorithm)
		}
	}
}
