package sim

import (
	"math"
	"time"
)

// roof is a photovoltaic generator and its inverter.
type roof struct {
	peak    float64 // W of the modules at 1000 W/m² and 25 °C
	rated   float64 // W of the inverter on the alternating side
	normal  vector
	shadows stream // this roof's own share of the clouds
}

const (
	wiring      = 0.96   // what dirt, wiring and mismatch leave of the modules' power
	derating    = -0.004 // per kelvin above 25 °C: crystalline silicon
	heating     = 0.031  // kelvin per W/m²: a module with a nominal operating temperature of 45 °C
	efficiency  = 0.97   // of the inverter
	consumption = 0.004  // of the rated power: what the inverter needs for itself by day
	albedo      = 0.2    // what the ground sends back
)

// newRoof makes a roof; azimuth is clockwise from north, angles are in radians.
func newRoof(peak, rated, tilt, azimuth float64, shadows stream) roof {
	sinTilt, cosTilt := math.Sincos(tilt)
	sinAzimuth, cosAzimuth := math.Sincos(azimuth)
	normal := vector{east: sinAzimuth * sinTilt, north: cosAzimuth * sinTilt, up: cosTilt}
	return roof{peak: peak, rated: rated, normal: normal, shadows: shadows}
}

// power the roof feeds into the home, in W, never below zero nor above the inverter's rating.
func (r roof) power(s sky, ms int64) float64 {
	if r.peak == 0 {
		return 0
	}
	sun := s.sun(ms)
	if sun.up <= 0 {
		return 0
	}
	cover := s.cover(ms)
	broken := 4 * cover * (1 - cover) // neighbours differ only under a sky of single clouds
	cover = max(0, min(1, cover+0.2*broken*(r.shadows.wave(ms, 3*time.Minute)-0.5)))
	l := shine(sun, cover)
	plane := l.beam*max(0, sun.dot(r.normal)) + l.diffuse*(1+r.normal.up)/2 +
		albedo*(l.beam*sun.up+l.diffuse)*(1-r.normal.up)/2
	heat := s.temperature(ms) + heating*plane - 25
	direct := r.peak * wiring * plane / 1000 * (1 + derating*heat)
	return max(0, min(r.rated, direct*efficiency-consumption*r.rated))
}

// direct is the power on the modules' side that gives the power on the alternating side.
func (r roof) direct(power float64) float64 {
	if power <= 0 {
		return 0
	}
	return (power + consumption*r.rated) / efficiency
}
