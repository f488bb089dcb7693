package ocpi

// Location is a place with stations.
type Location struct {
	CountryCode        string         `json:"country_code"`
	PartyID            string         `json:"party_id"`
	ID                 string         `json:"id"`
	Publish            bool           `json:"publish"`
	PublishAllowedTo   []PublishToken `json:"publish_allowed_to,omitempty"`
	Name               string         `json:"name,omitempty"`
	Address            string         `json:"address"`
	City               string         `json:"city"`
	PostalCode         string         `json:"postal_code,omitempty"`
	State              string         `json:"state,omitempty"`
	Country            string         `json:"country"`
	Coordinates        Coordinates    `json:"coordinates"`
	ParkingType        string         `json:"parking_type,omitempty"`
	EVSEs              []EVSE         `json:"evses,omitempty"`
	ParkingPlaces      []ParkingPlace `json:"parking_places,omitempty"`
	Directions         []DisplayText  `json:"directions,omitempty"`
	Operator           *Business      `json:"operator,omitempty"`
	Owner              *Business      `json:"owner,omitempty"`
	Facilities         []string       `json:"facilities,omitempty"`
	TimeZone           string         `json:"time_zone"`
	OpeningTimes       *Hours         `json:"opening_times,omitempty"`
	ChargingWhenClosed *bool          `json:"charging_when_closed,omitempty"`
	EnergyMix          *EnergyMix     `json:"energy_mix,omitempty"`
	HelpPhone          string         `json:"help_phone,omitempty"`
	LastUpdated        Time           `json:"last_updated"`
}

func (l Location) required() []field {
	fields := append(owned(l.CountryCode, l.PartyID, "id", l.ID), text("address", l.Address), text("city", l.City), text("country", l.Country),
		text("coordinates", l.Coordinates.Latitude), text("coordinates", l.Coordinates.Longitude), text("time_zone", l.TimeZone),
		at("last_updated", l.LastUpdated))
	for _, e := range l.EVSEs {
		fields = append(fields, e.required()...)
	}
	return fields
}

// PublishToken is who may see a location that is not public.
type PublishToken struct {
	UID          string `json:"uid,omitempty"`
	Type         string `json:"type,omitempty"`
	VisualNumber string `json:"visual_number,omitempty"`
	Issuer       string `json:"issuer,omitempty"`
	GroupID      string `json:"group_id,omitempty"`
}

// Coordinates are degrees, WGS 84, as they are written.
type Coordinates struct {
	Latitude  string `json:"latitude"`
	Longitude string `json:"longitude"`
}

// EVSE is an outlet that charges one car at a time.
type EVSE struct {
	UID                 string        `json:"uid"`
	EVSEID              string        `json:"evse_id,omitempty"`
	Status              string        `json:"status"`
	Capabilities        []string      `json:"capabilities,omitempty"`
	Connectors          []Connector   `json:"connectors"`
	Parking             []EVSEParking `json:"parking,omitempty"`
	ParkingRestrictions []string      `json:"parking_restrictions,omitempty"`
	PhysicalReference   Label         `json:"physical_reference,omitempty"`
	FloorLevel          string        `json:"floor_level,omitempty"`
	Directions          []DisplayText `json:"directions,omitempty"`
	AcceptedProviders   []string      `json:"accepted_service_providers,omitempty"`
	LastUpdated         Time          `json:"last_updated"`
}

func (e EVSE) required() []field {
	fields := []field{text("uid", e.UID), text("status", e.Status), {"connectors", len(e.Connectors) > 0}, at("last_updated", e.LastUpdated)}
	for _, c := range e.Connectors {
		fields = append(fields, c.required()...)
	}
	return fields
}

// Connector is a plug of an outlet.
type Connector struct {
	ID           string   `json:"id"`
	Standard     string   `json:"standard"`
	Format       string   `json:"format"`
	PowerType    string   `json:"power_type,omitempty"`         // this and what is marked * is required, yet the standard's own example leaves it out
	MaxVoltage   int      `json:"max_voltage,omitempty"`        // *
	MaxAmperage  int      `json:"max_amperage,omitempty"`       // *
	MaxPower     int      `json:"max_electric_power,omitempty"` // W
	TariffIDs    []string `json:"tariff_ids,omitempty"`
	Terms        string   `json:"terms_and_conditions,omitempty"`
	Capabilities []string `json:"capabilities,omitempty"`
	LastUpdated  *Time    `json:"last_updated,omitempty"` // *
}

func (c Connector) required() []field {
	return []field{text("id", c.ID), text("standard", c.Standard), text("format", c.Format)}
}

// EVSEParking says which place an outlet reaches.
type EVSEParking struct {
	ParkingID string `json:"parking_id"`
	Position  string `json:"evse_position,omitempty"`
}

// ParkingPlace is where a car stands.
type ParkingPlace struct {
	ID                  string   `json:"id"`
	PhysicalReference   string   `json:"physical_reference,omitempty"`
	VehicleTypes        []string `json:"vehicle_types"`
	ReservationRequired bool     `json:"reservation_required"`
	RestrictedToType    bool     `json:"restricted_to_type"`
}

// Hours are opening hours, of the location's local time.
type Hours struct {
	AlwaysOpen bool          `json:"twentyfourseven"`
	Regular    []WeekdayTime `json:"regular_hours,omitempty"`
	Openings   []Exception   `json:"exceptional_openings,omitempty"`
	Closings   []Exception   `json:"exceptional_closings,omitempty"`
}

func (h Hours) required() []field {
	return []field{{"twentyfourseven or regular_hours", h.AlwaysOpen || len(h.Regular) > 0}}
}

// WeekdayTime is a part of a weekday, 1 Monday to 7 Sunday, from HH:MM to HH:MM.
type WeekdayTime struct {
	Weekday int    `json:"weekday"`
	Begin   string `json:"period_begin"`
	End     string `json:"period_end"`
}

// Exception is a period in which other hours hold.
type Exception struct {
	Begin Time `json:"period_begin"`
	End   Time `json:"period_end"`
}

// EnergyMix says where a location's energy comes from.
type EnergyMix struct {
	Green    bool     `json:"is_green_energy"`
	Sources  []Source `json:"energy_sources,omitempty"`
	Impacts  []Impact `json:"environ_impact,omitempty"`
	Supplier string   `json:"supplier_name,omitempty"`
	Product  string   `json:"energy_product_name,omitempty"`
}

func (EnergyMix) required() []field { return nil }

// Source is a part of the mix.
type Source struct {
	Source     string `json:"source"`
	Percentage Number `json:"percentage"`
}

// Impact is grams per kWh.
type Impact struct {
	Category string `json:"category"`
	Amount   Number `json:"amount"`
}
