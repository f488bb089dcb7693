package oracle

import (
	"github.com/wattle/wattle/energy"
)

// Place is where a zone is, in 1e-7 degrees: north and east are positive.
type Place struct{ Latitude, Longitude int64 }

const (
	degree   = 10_000_000 // of an angle, in its unit of 1e-7 degrees
	turn     = 360 * degree
	fraction = 30 // bits after the point of sines: 1 is 1<<30
	one      = 1 << fraction

	noonOf2000 = 946_728_000 // the epoch J2000 in Unix seconds
	day        = 24 * 60 * 60
)

// times multiplies two numbers with the fraction's bits. Both lie within ±2.
func times(a, b int64) int64 { return a * b >> fraction }

// sine of an angle in 1e-7 degrees, within 4e-6: the Taylor polynomial of degree 9 on a quarter turn.
func sine(angle int64) int64 {
	angle = (angle%turn + turn) % turn
	sign := int64(1)
	if angle >= turn/2 {
		angle, sign = angle-turn/2, -1
	}
	x := min(angle, turn/2-angle) * one / (turn / 4) // in quarter turns
	square := times(x, x)
	// (π/2)^n / n! for n = 9, 7, 5, 3, 1, in 2^-30
	p := times(square, 172_272) - 5_026_995
	p = times(square, p) + 85_569_306
	p = times(square, p) - 693_598_668
	return sign * times(x, times(square, p)+1_686_629_713)
}

func cosine(angle int64) int64 { return sine(angle + turn/4) }

// SunHeight is the sine of the elevation of the sun's centre over the horizon, without refraction, in millionths: 0
// at the horizon, 1e6 overhead, negative at night. Time is in Unix seconds. The Astronomical Almanac's low-precision
// formulas (page C24, also Michalsky, Solar Energy 40, 1988) in integers: within 0.02 degrees from 1950 to 2050.
func (p Place) SunHeight(unix int64) int64 {
	s := unix - noonOf2000
	mean := 2_804_600_000 + 9_856_474*s/day // longitude of the mean sun
	anomaly := 3_575_280_000 + 9_856_003*s/day
	ecliptic := mean + times(19_150_000, sine(anomaly)) + times(200_000, sine(2*anomaly))
	obliquity := 234_390_000 - 4*s/day

	// The hour angle is that of the right ascension less where the meridian points. Its cosine times that of the
	// declination needs neither: the angle is only ever turned.
	meridian := s%day*turn/day + p.Longitude + mean
	across := times(cosine(obliquity), sine(ecliptic))
	towards := times(cosine(meridian), cosine(ecliptic)) + times(sine(meridian), across)
	declination := times(sine(obliquity), sine(ecliptic))
	height := times(sine(p.Latitude), declination) + times(cosine(p.Latitude), towards)
	return height * 1_000_000 >> fraction
}

// Heights of the sun, as sines in millionths.
const (
	nautical = -104_528 // -6°: a camera sees nothing of a roof, a module neither
)

// clearSky is the most light in W/m² that a clear sky sends on a plane that faces the sun, by height in sixteenths:
// direct 1353·0.7^(AM^0.678) and a tenth of it for the blue (Meinel and Meinel, 1976, with the air mass of Kasten and
// Young, 1989), and a tenth for the ground.
var clearSky = [...]int64{60, 205, 398, 546, 657, 744, 814, 871, 919, 959, 995, 1026, 1053, 1077, 1099, 1119, 1137}

// light is the clear sky's light at a height, in W/m². Below the horizon there is dusk.
func light(height int64) int64 {
	switch {
	case height < nautical:
		return 0
	case height <= 0:
		return 10 + 50*(height-nautical)/-nautical
	}
	const step = 1_000_000 / 16
	i := min(height/step, 15)
	return clearSky[i] + (clearSky[i+1]-clearSky[i])*(height-i*step)/step
}

// clouds is what single clouds and cold modules add to a clear sky at most, in percent of it: their edges send
// light for minutes, and an oracle sees quarter hours.
const clouds = 125

// SolarBound is the most energy that modules of the given peak power can make in the interval, whichever way they
// face. Registration says peak in W at 1000 W/m².
func (p Place) SolarBound(interval energy.Interval, peak energy.Watts) energy.WattHours {
	height := max(p.SunHeight(interval.StartUnix()), p.SunHeight(interval.EndUnix()),
		p.SunHeight((interval.StartUnix()+interval.EndUnix())/2))
	return energy.WattHours(int64(peak) * light(height) / 1000 * clouds / 100 * int64(interval.Length()) / 3600)
}

// Dark reports whether the sun stays below -6° throughout the interval.
func (p Place) Dark(interval energy.Interval) bool {
	return max(p.SunHeight(interval.StartUnix()), p.SunHeight(interval.EndUnix())) < nautical
}
