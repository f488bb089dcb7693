package sunspec

import "context"

// Device is everything a unit says that this package can name, for people. It marshals to JSON.
type Device struct {
	Base   uint16   `json:"base"`
	Parts  []Common `json:"parts"` // one per common block
	Models []Model  `json:"models"`
}

// Common says who made a device: SunSpec model 1. What the device does not say is empty.
type Common struct {
	Manufacturer string `json:"manufacturer"`
	Model        string `json:"model"`
	Options      string `json:"options"`
	Version      string `json:"version"`
	Serial       string `json:"serial"`
}

// Model is one block of the chain. Name and Points are empty for models this package does not know.
type Model struct {
	ID      uint16           `json:"id"`
	Address uint16           `json:"address"` // of the register that holds the id
	Length  uint16           `json:"length"`
	Part    int              `json:"part"` // index into Parts
	Name    string           `json:"name,omitempty"`
	Points  map[string]Value `json:"points,omitempty"`
}

// Value is a named point by its SunSpec name. Value is a Number, a string, or nil where the device has no such value.
type Value struct {
	Value any    `json:"value"`
	Unit  string `json:"unit,omitempty"`
}

// Read discovers a unit and reads all models it knows.
func Read(ctx context.Context, r Reader) (Device, error) {
	chain, err := Discover(ctx, r)
	if err != nil {
		return Device{}, err
	}
	d := Device{Base: chain.Base, Parts: []Common{}}
	for _, b := range chain.Blocks {
		out := Model{ID: b.Model, Address: b.Address, Length: b.Length, Part: b.Part}
		if m, ok := lookup(b.Model); ok {
			img, err := readImage(ctx, r, b, m, m.points)
			if err != nil {
				return Device{}, err
			}
			out.Name, out.Points = m.name, img.values()
			if b.Model == 1 {
				d.Parts = append(d.Parts, img.common())
			}
		}
		d.Models = append(d.Models, out)
	}
	return d, nil
}

// values are all points of the image but scale factors, which are already in the values.
func (img *image) values() map[string]Value {
	values := make(map[string]Value)
	for _, p := range img.model.points {
		v := Value{Unit: p.unit}
		switch p.kind {
		case factor:
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
		values[p.name] = v
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
