package sim

import "math"

const radians = math.Pi / 180

// vector is a direction of length 1 seen from the street.
type vector struct{ east, north, up float64 }

func (a vector) dot(b vector) float64 { return a.east*b.east + a.north*b.north + a.up*b.up }

// place is where the street is, in radians.
type place struct{ latitude, longitude float64 }

// noonOf2000 is the epoch J2000 in Unix milliseconds.
const noonOf2000 = 946_728_000_000

// sun is the direction to the centre of the sun, without refraction: the Astronomical Almanac's low-precision formulas
// (page C24, also Michalsky, Solar Energy 40, 1988), within 0.01 degrees from 1950 to 2050.
func (p place) sun(ms int64) vector {
	days := float64(ms-noonOf2000) / dayLength
	mean := (280.460 + 0.9856474*days) * radians    // longitude
	anomaly := (357.528 + 0.9856003*days) * radians // of the mean sun
	ecliptic := mean + (1.915*math.Sin(anomaly)+0.020*math.Sin(2*anomaly))*radians
	sinObliquity, cosObliquity := math.Sincos((23.439 - 0.0000004*days) * radians)
	sinEcliptic, cosEcliptic := math.Sincos(ecliptic)
	sinDeclination := sinObliquity * sinEcliptic
	cosDeclination := math.Sqrt(1 - sinDeclination*sinDeclination)
	ascension := math.Atan2(cosObliquity*sinEcliptic, cosEcliptic)

	// Hour angle: of the mean sun, which is at its highest at noon of the longitude, plus the equation of time.
	hour := 2*math.Pi*(days-math.Floor(days)) + p.longitude + mean - ascension
	sinHour, cosHour := math.Sincos(hour)
	sinLatitude, cosLatitude := math.Sincos(p.latitude)
	return vector{
		east:  -cosDeclination * sinHour,
		north: sinDeclination*cosLatitude - cosDeclination*sinLatitude*cosHour,
		up:    sinLatitude*sinDeclination + cosLatitude*cosDeclination*cosHour,
	}
}

// elevation is the height of a direction above the horizon in degrees.
func (a vector) elevation() float64 { return math.Asin(max(-1, min(1, a.up))) / radians }
