package sunspec

import "context"

// Device is everything a unit says that this package can name, for people.
type Device struct {
	Base   uint16
	Parts  []Common // one per common block
	Models []Model
}

// Common says who made a device: SunSpec model 1. What the device does not say is empty.
type Common struct {
	Manufacturer string
	Model        string
	Options      string
	Version      string
	Serial       string
}

// Model is one block of the chain. Title and Points are empty for models this package does not know.
type Model struct {
	ID      uint16
	Address uint16 // of the register that holds the id
	Length  uint16
	Part    int // index into Parts
	Title   string
	Points  []Point
}

// Point is a named value by its SunSpec name; those of groups are named as module[2].DCW. Value is a meter.Number, a
// string, or nil where the device has no such value.
type Point struct {
	Name  string
	Value any
	Unit  string
}

// Find returns the point with this name, one without a value where there is none.
func (m Model) Find(name string) Point {
	for _, p := range m.Points {
		if p.Name == name {
			return p
		}
	}
	return Point{Name: name}
}

// Read discovers a unit and reads all models it knows.
func Read(ctx context.Context, r Reader) (Device, error) {
	chain, err := Discover(ctx, r)
	if err != nil {
		return Device{}, err
	}
	return chain.Read(ctx, r)
}

// Read reads all models of the chain that this package knows.
func (c Chain) Read(ctx context.Context, r Reader) (Device, error) {
	c.memory.begin()
	d := Device{Base: c.Base}
	for _, b := range c.Blocks {
		out := Model{ID: b.Model, Address: b.Address, Length: b.Length, Part: b.Part}
		if m, ok := lookup(b.Model); ok {
			img, err := c.image(ctx, r, b, m)
			if err != nil {
				return Device{}, err
			}
			out.Title, out.Points = m.title, img.values()
			if b.Model == commonModel {
				d.Parts = append(d.Parts, img.common())
			}
		}
		d.Models = append(d.Models, out)
	}
	return d, nil
}

// image reads all of a block. How often its groups repeat is read first.
func (c Chain) image(ctx context.Context, r Reader, b Block, m *model) (*image, error) {
	fixed := layoutOf(b, m)
	counted := m.counted()
	if len(counted) == 0 {
		return c.memory.read(ctx, r, b, fixed, fixed.points)
	}
	counts, err := c.memory.read(ctx, r, b, fixed, fixed.only(counted))
	if err != nil {
		return nil, err
	}
	full := m.lay(b.size(), func(name string) int {
		n, _ := counts.number(name)
		return int(n.Units)
	})
	return c.memory.read(ctx, r, b, full, full.points)
}

// values are all points of the image but scale factors, which are already in the values, and padding.
func (img *image) values() []Point {
	values := make([]Point, 0, len(img.layout.points))
	for _, p := range img.layout.points {
		v := Point{Name: p.name, Unit: p.unit}
		switch p.kind {
		case factor, pad:
			continue
		case text:
			if s, ok := img.text(p.name); ok {
				v.Value = s
			}
		default:
			if n, ok := img.number(p.name); ok {
				v.Value = n
			}
		}
		values = append(values, v)
	}
	return values
}

func (img *image) common() Common {
	var c Common
	for name, field := range map[string]*string{
		"Mn": &c.Manufacturer, "Md": &c.Model, "Opt": &c.Options, "Vr": &c.Version, "SN": &c.Serial,
	} {
		*field, _ = img.text(name)
	}
	return c
}

// Parts reads who made the devices behind the unit.
func (c Chain) Parts(ctx context.Context, r Reader) ([]Common, error) {
	c.memory.begin()
	m, _ := lookup(commonModel)
	var parts []Common
	for _, b := range c.Blocks {
		if b.Model != commonModel {
			continue
		}
		img, err := c.image(ctx, r, b, m)
		if err != nil {
			return nil, err
		}
		parts = append(parts, img.common())
	}
	return parts, nil
}
