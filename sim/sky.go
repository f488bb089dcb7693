package sim

import (
	"math"
	"time"
)

const (
	dayLength    = 24 * 60 * 60 * 1000 // ms
	minuteLength = 60 * 1000           // ms
)

// sky is what the homes of a street share: sun, weather and the grid's frequency.
type sky struct {
	place
	cloud, weather, hertz, volt stream
}

func newSky(seed stream, p place) sky {
	return sky{place: p, cloud: seed.sub(1), weather: seed.sub(2), hertz: seed.sub(3), volt: seed.sub(4)}
}

// cover is the part of the sky that clouds hide, within 0 and 1: fronts of half a day, fields of clouds, single clouds.
func (s sky) cover(ms int64) float64 {
	x := 0.52*s.cloud.wave(ms, 10*time.Hour) +
		0.25*s.cloud.sub(1).wave(ms, 100*time.Minute) +
		0.15*s.cloud.sub(2).wave(ms, 20*time.Minute) +
		0.08*s.cloud.sub(3).wave(ms, 4*time.Minute)
	return max(0, min(1, 0.4+2.2*(x-0.5)))
}

// temperature of the air in degrees Celsius: season, hour of the solar day, weather of the days.
func (s sky) temperature(ms int64) float64 {
	day := float64(floorDiv(ms, dayLength) % 365)
	season := -math.Cos(2 * math.Pi * (day - 20) / 365.25) // coldest in the last third of January
	if s.latitude < 0 {
		season = -season
	}
	solar := float64(ms)/dayLength + s.longitude/(2*math.Pi)
	daily := -math.Cos(2 * math.Pi * (solar - 0.125)) // coldest at 3, warmest at 15
	return 11 + 10*season + 5*daily + 8*(s.weather.wave(ms, 60*time.Hour)-0.5)
}

// frequency of the grid in Hz.
func (s sky) frequency(ms int64) float64 {
	return 50 + 0.05*(s.hertz.wave(ms, 7*time.Minute)-0.5) + 0.03*(s.hertz.sub(1).wave(ms, 40*time.Second)-0.5)
}

// voltage of the transformer in V, phase to neutral.
func (s sky) voltage(ms int64) float64 { return 230 + 4*(s.volt.wave(ms, 30*time.Minute)-0.5) }

// light is irradiance in W/m²: beam on a plane that faces the sun, diffuse on level ground from the whole sky.
type light struct{ beam, diffuse float64 }

// shine is the light under a sky with the given cloud cover.
//
// Clear sky: Meinel and Meinel (Applied Solar Energy, 1976), direct 1353·0.7^(AM^0.678), diffuse a tenth of it, with
// the air mass of Kasten and Young (1989). Clouds: Kasten and Czeplak (1980), global reduced by 1 - 0.75·cover^3.4;
// the beam passes where there is no cloud. Near the horizon the roofs across the street take the beam away.
func shine(sun vector, cover float64) light {
	if sun.up <= 0 {
		return light{}
	}
	elevation := sun.elevation()
	mass := 1 / (sun.up + 0.50572*math.Pow(elevation+6.07995, -1.6364))
	direct := 1353 * math.Pow(0.7, math.Pow(mass, 0.678))
	global := (direct*sun.up + 0.1*direct) * min(1, elevation/2) * (1 - 0.75*math.Pow(cover, 3.4))
	beam := direct * (1 - cover) * min(1, elevation/roofline)
	return light{beam: beam, diffuse: max(0, global-beam*sun.up)}
}

// roofline is the elevation in degrees above which the street does not shade its own roofs.
const roofline = 4
