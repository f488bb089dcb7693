package sim

import (
	"fmt"
	"math"
	"time"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
)

// MaxHomes is the largest neighbourhood: what one transformer of a low-voltage network serves.
const MaxHomes = 200

// The values of fields of Config that are zero. Nobody lives at 0° north 0° east, so it stands for "not said".
const (
	DefaultHomes     = 12
	DefaultLatitude  = 48.2
	DefaultLongitude = 16.37
)

// ErrConfig is returned for a neighbourhood that cannot be made.
var ErrConfig = problem.New(problem.Invalid, "not a neighbourhood")

// Config says which neighbourhood to make. Equal configurations make equal neighbourhoods.
type Config struct {
	Seed      uint64
	Homes     int       // 1 to MaxHomes, 0 for DefaultHomes
	Start     time.Time // when the registers begin to count; cut to full seconds
	Latitude  float64   // degrees north, -90 to 90
	Longitude float64   // degrees east, -180 to 180; both zero for Vienna
}

// Validate returns ErrConfig and what to change, or nil.
func (c Config) Validate() error {
	switch {
	case c.Homes < 0 || c.Homes > MaxHomes:
		return fmt.Errorf("%d homes: choose 1 to %d: %w", c.Homes, MaxHomes, ErrConfig)
	case c.Start.IsZero():
		return fmt.Errorf("no start: choose the time at which the registers begin to count: %w", ErrConfig)
	case !(c.Latitude >= -90 && c.Latitude <= 90):
		return fmt.Errorf("latitude %g: choose -90 to 90 degrees: %w", c.Latitude, ErrConfig)
	case !(c.Longitude >= -180 && c.Longitude <= 180):
		return fmt.Errorf("longitude %g: choose -180 to 180 degrees: %w", c.Longitude, ErrConfig)
	}
	return nil
}

func (c Config) withDefaults() Config {
	if c.Homes == 0 {
		c.Homes = DefaultHomes
	}
	if c.Latitude == 0 && c.Longitude == 0 {
		c.Latitude, c.Longitude = DefaultLatitude, DefaultLongitude
	}
	c.Start = c.Start.UTC().Truncate(time.Second)
	return c
}

// Neighbourhood is a street of homes under one sky. It is safe for use by several goroutines.
type Neighbourhood struct {
	config Config
	sky    sky
	homes  []*Home
}

// New makes the neighbourhood of a configuration. Six in ten homes have a roof that feeds in, half of these also a
// battery; which ones is up to the seed.
func New(c Config) (*Neighbourhood, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	c = c.withDefaults()
	seed := stream(mix(c.Seed))
	n := &Neighbourhood{
		config: c,
		sky:    newSky(seed.sub(1), place{c.Latitude * radians, c.Longitude * radians}),
	}
	solar := (6*c.Homes + 5) / 10
	for i, role := range seed.sub(2).shuffled(c.Homes) {
		n.homes = append(n.homes, n.newHome(i, seed.sub(uint64(1000+i)), role < solar, role < solar/2))
	}
	return n, nil
}

// Config is the configuration with its defaults filled in.
func (n *Neighbourhood) Config() Config { return n.config }

// Homes are the homes from one end of the street to the other. The slice is the caller's.
func (n *Neighbourhood) Homes() []*Home { return append([]*Home(nil), n.homes...) }

// Sun is the elevation of the sun's centre over the street's horizon in degrees, without refraction; below zero it is
// night.
func (n *Neighbourhood) Sun(t time.Time) (elevationDegrees float64) {
	return n.sky.sun(t.UnixMilli()).elevation()
}

func (n *Neighbourhood) newHome(index int, seed stream, solar, storage bool) *Home {
	member := fmt.Sprintf("home-%02d", index+1)
	h := &Home{
		Description: Description{
			Member: energy.Member(member), Meter: energy.Meter(member + "-grid"), Name: name(index),
			MaxImport: connection,
		},
		serial: fmt.Sprintf("WS%08X-%03d", uint32(n.config.Seed), index+1),
		sky:    n.sky,
		start:  n.config.Start.UnixMilli(),
		habits: newHabits(seed.sub(1), n.config.Longitude, solar),
		volt:   seed.sub(2),
		shares: [2]float64{seed.between(2, 0.2, 0.45), seed.between(3, 0.2, 0.45)},
		first:  registers{imported: int64(seed.between(4, 2e6, 9e6)), exported: int64(seed.between(5, 1e3, 4e4))},
	}
	if solar {
		h.build(seed, n.config.Latitude)
	}
	if storage {
		h.store(seed)
	}
	h.MaxExport = h.Inverter + h.Storage
	h.marks = []tally{{charge: h.battery.reserve + int64(seed.between(6, 0.1, 0.5)*float64(h.battery.capacity))}}
	h.head = h.marks[0]
	h.agenda.day, h.minute.index = never, never
	return h
}

// never is a day and a minute that does not come.
const never = math.MinInt64

// connection is the contracted power of a home in W: three phases at 25 A.
const connection = 3 * 230 * 25

// build puts a roof on the home that faces the equator, more or less.
func (h *Home) build(seed stream, latitude float64) {
	h.Peak = energy.Watts(seed.between(10, 52, 110)) * 100
	h.Inverter = energy.Watts(math.Round(float64(h.Peak)*seed.between(11, 0.8, 1)/500)) * 500
	azimuth := 180 + seed.between(12, -65, 65)
	if latitude < 0 {
		azimuth += 180
	}
	h.roof = newRoof(float64(h.Peak), float64(h.Inverter), seed.between(13, 18, 45)*radians, azimuth*radians, seed.sub(3))
	h.first.exported = int64(seed.between(14, 3e6, 25e6))
	h.first.produced = h.first.exported + int64(seed.between(15, 2e6, 9e6))
}

// store gives the home a battery: five to twelve kWh that fill in two to three hours.
func (h *Home) store(seed stream) {
	h.Capacity = energy.WattHours(5+seed.below(16, 8)) * 1000
	h.Storage = min(h.Inverter, energy.Watts(math.Round(float64(h.Capacity)*seed.between(17, 0.35, 0.5)/100))*100)
	capacity := int64(h.Capacity) * milliwattSeconds
	h.battery = battery{capacity: capacity, reserve: capacity / 20, limit: int64(h.Storage)}
}

// names are common first names of the street's surroundings, without diacritics, which not every device shows.
var names = [...]string{
	"Anna", "Jonas", "Elif", "Lukas", "Maria", "Milan", "Sophie", "David", "Lena", "Emre", "Klara", "Felix", "Nora",
	"Paul", "Ivana", "Simon", "Leyla", "Max", "Theresa", "Adam", "Julia", "Oskar", "Mira", "Jakob", "Hanna", "Samuel",
	"Petra", "Tobias", "Amira", "Georg", "Eva", "Niklas", "Zoe", "Stefan", "Ines", "Karl", "Rosa", "Matteo", "Helena", "Viktor",
}

var families = [...]string{"", " Gruber", " Novak", " Yilmaz", " Horvat"}

// name of a home for people, different for each of MaxHomes.
func name(index int) string { return names[index%len(names)] + families[index/len(names)] }

const _ = uint(len(names)*len(families) - MaxHomes) // compiles only while there are names enough
