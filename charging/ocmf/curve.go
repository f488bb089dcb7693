package ocmf

import (
	"crypto/elliptic"
	"encoding/asn1"
	"math/big"
	"strings"
)

// curve is y² = x³ + ax + b over the field of p elements, with a base point of prime order n. Points are affine; the point at
// infinity has no coordinates. The arithmetic is for verifying only: it takes time that depends on its operands, which are all
// public, and must never see a private key.
type curve struct {
	name           string
	oid            asn1.ObjectIdentifier
	p, a, b, n     *big.Int
	baseX, baseY   *big.Int
	otherAlgorithm string         // a second name that stations use for ECDSA on this curve
	standard       elliptic.Curve // where the standard library knows it: it verifies 20 times as fast
}

// point in Jacobian coordinates: x = X/Z², y = Y/Z³; Z = 0 is the point at infinity.
type point struct{ x, y, z *big.Int }

func number(digits string) *big.Int {
	v, ok := new(big.Int).SetString(strings.ReplaceAll(digits, " ", ""), 16)
	if !ok {
		panic("ocmf: " + digits)
	}
	return v
}

// curves are those of OCMF 1.4, table "Signature Algorithms", with the parameters of SEC 2 (version 2.0; the 192 bit ones of version
// 1.0) and RFC 5639, section 3.4.
var curves = []*curve{
	{
		name: "secp192k1", oid: asn1.ObjectIdentifier{1, 3, 132, 0, 31},
		p: number("fffffffffffffffffffffffffffffffffffffffeffffee37"), a: number("0"), b: number("3"),
		n:     number("fffffffffffffffffffffffe26f2fc170f69466a74defd8d"),
		baseX: number("db4ff10ec057e9ae26b07d0280b7f4341da5d1b1eae06c7d"),
		baseY: number("9b2f2f6d9c5628a7844163d015be86344082aa88d95e2f9d"),
	}, {
		name: "secp192r1", oid: asn1.ObjectIdentifier{1, 2, 840, 10045, 3, 1, 1},
		p:     number("fffffffffffffffffffffffffffffffeffffffffffffffff"),
		a:     number("fffffffffffffffffffffffffffffffefffffffffffffffc"),
		b:     number("64210519e59c80e70fa7e9ab72243049feb8deecc146b9b1"),
		n:     number("ffffffffffffffffffffffff99def836146bc9b1b4d22831"),
		baseX: number("188da80eb03090f67cbf20eb43a18800f4ff0afd82ff1012"),
		baseY: number("07192b95ffc8da78631011ed6b24cdd573f977a11e794811"),
	}, {
		name: "secp256k1", oid: asn1.ObjectIdentifier{1, 3, 132, 0, 10},
		p: number("fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f"), a: number("0"), b: number("7"),
		n:     number("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"),
		baseX: number("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"),
		baseY: number("483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8"),
	}, {
		name: "secp256r1", oid: asn1.ObjectIdentifier{1, 2, 840, 10045, 3, 1, 7}, standard: elliptic.P256(),
		p:     number("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff"),
		a:     number("ffffffff00000001000000000000000000000000fffffffffffffffffffffffc"),
		b:     number("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b"),
		n:     number("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"),
		baseX: number("6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"),
		baseY: number("4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"),
	}, {
		name: "secp384r1", oid: asn1.ObjectIdentifier{1, 3, 132, 0, 34}, standard: elliptic.P384(),
		p:     number("fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffff"),
		a:     number("fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000fffffffc"),
		b:     number("b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef"),
		n:     number("ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973"),
		baseX: number("aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7"),
		baseY: number("3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f"),
	}, {
		name: "brainpoolP256r1", oid: asn1.ObjectIdentifier{1, 3, 36, 3, 3, 2, 8, 1, 1, 7}, otherAlgorithm: "ECDSA-brainpool256r1-SHA256",
		p:     number("a9fb57dba1eea9bc3e660a909d838d726e3bf623d52620282013481d1f6e5377"),
		a:     number("7d5a0975fc2c3057eef67530417affe7fb8055c126dc5c6ce94a4b44f330b5d9"),
		b:     number("26dc5c6ce94a4b44f330b5d9bbd77cbf958416295cf7e1ce6bccdc18ff8c07b6"),
		n:     number("a9fb57dba1eea9bc3e660a909d838d718c397aa3b561a6f7901e0e82974856a7"),
		baseX: number("8bd2aeb9cb7e57cb2c4b482ffc81b7afb9de27e1e3bd23c23a4453bd9ace3262"),
		baseY: number("547ef835c3dac4fd97f8461a14611dc9c27745132ded8e545c1d54c72f046997"),
	},
}

func curveOfAlgorithm(name string) *curve {
	for _, c := range curves {
		if name == "ECDSA-"+c.name+"-SHA256" || name != "" && name == c.otherAlgorithm {
			return c
		}
	}
	return nil
}

func curveOfOID(oid asn1.ObjectIdentifier) *curve {
	for _, c := range curves {
		if c.oid.Equal(oid) {
			return c
		}
	}
	return nil
}

// size is the length of a coordinate in bytes.
func (c *curve) size() int { return (c.p.BitLen() + 7) / 8 }

// holds says whether (x, y) is a point of the curve with coordinates below p.
func (c *curve) holds(x, y *big.Int) bool {
	if x.Sign() < 0 || y.Sign() < 0 || x.Cmp(c.p) >= 0 || y.Cmp(c.p) >= 0 {
		return false
	}
	right := new(big.Int).Mul(x, x)
	right.Mul(right.Add(right, c.a), x)
	right.Mod(right.Add(right, c.b), c.p)
	return c.times(y, y).Cmp(right) == 0
}

func (c *curve) times(u, v *big.Int) *big.Int {
	w := new(big.Int).Mul(u, v)
	return w.Mod(w, c.p)
}

func (c *curve) minus(u, v *big.Int) *big.Int {
	w := new(big.Int).Sub(u, v)
	return w.Mod(w, c.p)
}

func (c *curve) scale(k int64, v *big.Int) *big.Int { return c.times(big.NewInt(k), v) }

// double is "dbl-1998-cmo-2" of the Explicit-Formulas Database, for any a. It maps the point at infinity to itself.
func (c *curve) double(p point) point {
	yy := c.times(p.y, p.y)
	s := c.scale(4, c.times(p.x, yy))
	zz := c.times(p.z, p.z)
	m := new(big.Int).Add(c.scale(3, c.times(p.x, p.x)), c.times(c.a, c.times(zz, zz)))
	x := c.minus(c.times(m, m), c.scale(2, s))
	y := c.minus(c.times(m, c.minus(s, x)), c.scale(8, c.times(yy, yy)))
	return point{x, y, c.scale(2, c.times(p.y, p.z))}
}

// add is "add-1998-cmo-2" with the cases that it leaves out.
func (c *curve) add(p, q point) point {
	if p.z.Sign() == 0 {
		return q
	}
	if q.z.Sign() == 0 {
		return p
	}
	pzz, qzz := c.times(p.z, p.z), c.times(q.z, q.z)
	u1, u2 := c.times(p.x, qzz), c.times(q.x, pzz)
	s1, s2 := c.times(p.y, c.times(q.z, qzz)), c.times(q.y, c.times(p.z, pzz))
	h, r := c.minus(u2, u1), c.minus(s2, s1)
	if h.Sign() == 0 {
		if r.Sign() == 0 {
			return c.double(p)
		}
		return point{new(big.Int), big.NewInt(1), new(big.Int)}
	}
	hh := c.times(h, h)
	hhh, v := c.times(h, hh), c.times(u1, hh)
	x := c.minus(c.minus(c.times(r, r), hhh), c.scale(2, v))
	y := c.minus(c.times(r, c.minus(v, x)), c.times(s1, hhh))
	return point{x, y, c.times(h, c.times(p.z, q.z))}
}

// combine returns u·G + v·Q, bit by bit for both at once (Shamir's trick).
func (c *curve) combine(u, v, qx, qy *big.Int) point {
	one := big.NewInt(1)
	base, key := point{c.baseX, c.baseY, one}, point{qx, qy, one}
	both := c.add(base, key)
	sum := point{new(big.Int), one, new(big.Int)}
	for i := max(u.BitLen(), v.BitLen()) - 1; i >= 0; i-- {
		sum = c.double(sum)
		switch {
		case u.Bit(i) == 1 && v.Bit(i) == 1:
			sum = c.add(sum, both)
		case u.Bit(i) == 1:
			sum = c.add(sum, base)
		case v.Bit(i) == 1:
			sum = c.add(sum, key)
		}
	}
	return sum
}

// verify is the verification of ECDSA, SEC 1 section 4.1.4, for a digest of any length.
func (c *curve) verify(x, y *big.Int, digest []byte, r, s *big.Int) bool {
	if r.Sign() <= 0 || s.Sign() <= 0 || r.Cmp(c.n) >= 0 || s.Cmp(c.n) >= 0 {
		return false
	}
	e := new(big.Int).SetBytes(digest)
	if excess := len(digest)*8 - c.n.BitLen(); excess > 0 {
		e.Rsh(e, uint(excess))
	}
	w := new(big.Int).ModInverse(s, c.n)
	u := e.Mul(e, w)
	v := new(big.Int).Mul(r, w)
	sum := c.combine(u.Mod(u, c.n), v.Mod(v, c.n), x, y)
	if sum.z.Sign() == 0 {
		return false
	}
	z := new(big.Int).ModInverse(sum.z, c.p)
	found := c.times(sum.x, c.times(z, z))
	return found.Mod(found, c.n).Cmp(r) == 0
}
